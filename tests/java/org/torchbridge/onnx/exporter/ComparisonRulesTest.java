package org.torchbridge.onnx.exporter;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Torch;

/** Comparisons, logic and bits. */
class ComparisonRulesTest extends ExportTest {
    @ParameterizedTest
    @ValueSource(strings = {"x == y", "x != y", "x < y", "x <= y", "x > y", "x >= y"})
    void comparisonsAreOfTheCommonType(String expression) {
        assertSame(expression, integers(1, 2, 3), Torch.tensor(new float[] {1, 2.5f, 2}));
        assertSame(expression, flags(0, 0, 1), flags(0, 1, 1));
        assertSame(expression, random(2, 3), Torch.tensor(0.5, DType.FLOAT64));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.logical_and(x, y)",
                "torch.logical_or(x, y)",
                "torch.logical_xor(x, y)",
                "torch.logical_not(x)"
            })
    void logicTakesWhatIsNotZeroAsTrue(String expression) {
        assertSame(expression, integers(0, 0, 2, 3), Torch.tensor(new float[] {0, 1.5f, 0, -1}));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x & y", "x | y", "x ^ y", "~x"})
    void bitsOfFlagsAreLogic(String expression) {
        assertSame(expression, flags(0, 0, 1, 1), flags(0, 1, 0, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x & y", "x | y", "x ^ y"})
    void bitsOfWholeNumbersAreThereSinceOpset18(String expression) {
        assertSame(opset(18), expression, integers(12, 7), integers(10, 8));
        assertRefused("needs opset 18", expression, integers(12, 7), integers(10, 8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x << y", "x >> y", "~x"})
    void shiftsAreProductsAndQuotients(String expression) {
        assertSame(expression, integers(12, 7, -9), integers(1, 2, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch.isnan(x)", "torch.isinf(x)", "torch.isfinite(x)"})
    void whatIsNoNumberIsFound(String expression) {
        assertSame(
                expression, Torch.tensor(new float[] {1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}));
    }
}
