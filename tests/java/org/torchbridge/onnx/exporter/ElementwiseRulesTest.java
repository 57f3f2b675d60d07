package org.torchbridge.onnx.exporter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Torch;

/** Arithmetic, in the types that PyTorch computes in. */
class ElementwiseRulesTest extends ExportTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x + y",
                "x - y",
                "x * y",
                "x / y",
                "torch.rsub(x, y)",
                "torch.pow(x, y)",
                "torch.maximum(x, y)",
                "torch.fmod(x, y)",
                "torch.remainder(x, y)"
            })
    void wholeNumbersAndFractionsMeetAsInPyTorch(String expression) {
        assertSame(expression, integers(-7, 2, 5), Torch.tensor(new float[] {2, 3, 1.5f}));
        assertSame(expression, Torch.tensor(new float[] {2, 3, 1.5f}), integers(7, 2, 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x + 2", "x * 2.5", "x / 2", "2 - x", "x ** 2", "x + True"})
    void aNumberBesideATensorTakesItsTypeIfTheKindIsTheSame(String expression) {
        assertSame(expression, integers(-7, 2, 5));
        assertSame(expression, random(2, 3));
        assertSame(expression, random(3).to(DType.FLOAT64));
    }

    @Test
    void aTensorWithoutDimensionsIsWeakerThanOneWithDimensions() {
        assertSame("x * y", random(3), Torch.tensor(2.5, DType.FLOAT64));
        assertSame("x + y", integers(1, 2), Torch.tensor(2.5, DType.FLOAT64));
        assertSame("x + y", integers(1, 2).to(DType.INT32), Torch.tensor(3L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x // y",
                "torch.div(x, y, rounding_mode='floor')",
                "torch.div(x, y, rounding_mode='trunc')",
                "x % y",
                "torch.fmod(x, y)"
            })
    void quotientsOfWholeNumbersAreRoundedAsPyTorchDoes(String expression) {
        assertSame(expression, integers(-7, 7, -7, 7), integers(2, 2, -2, -2));
        assertSame(
                expression, Torch.tensor(new float[] {-7, 7.5f, -7.5f, 7}), Torch.tensor(new float[] {2, 2, -2, -2}));
    }

    @Test
    void sumsOfFlagsAreOrAndProductsAreAnd() {
        assertSame("x + y", flags(0, 0, 1, 1), flags(0, 1, 0, 1));
        assertSame("x * y", flags(0, 0, 1, 1), flags(0, 1, 0, 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.exp(x)",
                "torch.sqrt(x)",
                "torch.log1p(x)",
                "torch.expm1(x)",
                "torch.log2(x + 1)",
                "torch.log10(x + 1)",
                "torch.exp2(x)",
                "torch.rsqrt(x + 1)",
                "torch.erfc(x)",
                "torch.sigmoid(x)",
                "torch.atan(x)",
                "torch.deg2rad(x)",
                "torch.reciprocal(x + 1)"
            })
    void functionsGiveFractionsOfWholeNumbers(String expression) {
        assertSame(expression, integers(0, 1, 4));
        assertSame(expression, Torch.rand(2, 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.floor(x)",
                "torch.ceil(x)",
                "torch.round(x)",
                "torch.trunc(x)",
                "torch.sign(x)",
                "torch.abs(x)",
                "torch.neg(x)"
            })
    void roundingAndSignsKeepTheType(String expression) {
        assertSame(expression, integers(-3, 0, 4));
        assertSame(expression, Torch.tensor(new float[] {-2.5f, -0.4f, 0.5f, 1.5f}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.clamp(x, min=-1)",
                "torch.clamp(x, max=1.5)",
                "torch.clamp(x, -1, 2)",
                "torch.clamp_min(x, 0)",
                "torch.clamp_max(x, 0)"
            })
    void boundsMayBeOneSidedAndOfAnotherKind(String expression) {
        assertSame(expression, random(3, 2).mul(3));
        assertSame(expression, integers(-5, 0, 5));
    }

    @Test
    void anglesAreOfAllQuadrants() {
        assertSame("torch.atan2(x, y)", Torch.tensor(new float[] {1, 1, -1, -1, 0, 0, 2}), Torch.tensor(new float[] {
            1, -1, 1, -1, 1, -1, 0
        }));
    }

    @Test
    void whatIsNoNumberCanBeReplaced() {
        assertSame(
                "torch.nan_to_num(x, 1.0, 2.0, -2.0)",
                Torch.tensor(new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.addcmul(x, y, z, value=0.5)",
                "torch.addcdiv(x, y, z, value=2.0)",
                "torch.lerp(x, y, z)",
                "torch.lerp(x, y, 0.25)"
            })
    void combinationsOfThreeAreWrittenOut(String expression) {
        assertSame(expression, random(2, 3), random(2, 3), Torch.rand(2, 3).add(1));
    }
}
