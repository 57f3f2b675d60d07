package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class ElementwiseRulesTest extends RuleTest {
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    private static Tensor floats(float... values) {
        return Torch.tensor(values);
    }

    private static Tensor scalar(float value) {
        return floats(value).reshape(new long[0]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Abs",
                "Acos",
                "Asin",
                "Asinh",
                "Atan",
                "Atanh",
                "Ceil",
                "Cos",
                "Cosh",
                "Erf",
                "Exp",
                "Floor",
                "HardSwish",
                "IsNaN",
                "Mish",
                "Neg",
                "Relu",
                "Round",
                "Sigmoid",
                "Sign",
                "Sin",
                "Sinh",
                "Softplus",
                "Softsign",
                "Tan",
                "Tanh"
            })
    void functionsOfOneElementAreThoseOfTheirName(String operator) {
        assertSame(OneNode.of(operator, 18).input(Torch.linspace(-0.95, 0.95, 12)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Acosh", "Log", "Reciprocal", "Sqrt"})
    void functionsOfPositiveElementsAreThoseOfTheirName(String operator) {
        assertSame(OneNode.of(operator, 13).input(Torch.linspace(1.1, 3, 12)));
    }

    @Test
    void halvesAreRoundedToEvenNumbers() {
        assertSame(OneNode.of("Round", 11).input(floats(-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f)));
    }

    @Test
    void truthValuesAndBitsAreTurned() {
        assertSame(OneNode.of("Not", 7).input(random(4).gt(0)));
        assertSame(OneNode.of("BitwiseNot", 18).input(longs(0, 5, -3).to(DType.INT32)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"LeakyRelu", "Elu", "Celu", "ThresholdedRelu"})
    void activationsHaveAParameter(String operator) {
        assertSame(OneNode.of(operator, 16).input(random(20)));
        assertSame(OneNode.of(operator, 16).real("alpha", 0.3).input(random(20)));
    }

    @Test
    void activationsHaveSeveralParameters() {
        assertSame(OneNode.of("Selu", 7).input(random(20)));
        assertSame(OneNode.of("Selu", 7).real("alpha", 2).real("gamma", 3).input(random(20)));
        assertSame(OneNode.of("HardSigmoid", 7).input(random(20).mul(4)));
        assertSame(OneNode.of("HardSigmoid", 7)
                .real("alpha", 0.5)
                .real("beta", 0.1)
                .input(random(20)));
        assertSame(OneNode.of("Shrink", 9).input(random(20)));
        assertSame(OneNode.of("Shrink", 9).real("lambd", 0.8).real("bias", 0.3).input(random(20)));
    }

    @Test
    void infinityShrinksToInfinity() {
        assertSame(OneNode.of("Shrink", 9).real("bias", 1).input(floats(-INFINITY, INFINITY, 0)));
    }

    @Test
    void geluIsExactOrByTheHyperbolicTangent() {
        for (String approximate : List.of("none", "tanh")) {
            assertSame(OneNode.of("Gelu", 20).text("approximate", approximate).input(random(20)));
        }
    }

    /** {@code x sigmoid(alpha x)}, and its product with another tensor. */
    @Test
    void swishIsAGateOfItself() {
        Tensor x = random(20);
        Tensor y = random(20);
        Tensor gated = x.mul(x.mul(0.3).sigmoid());

        assertResults(OneNode.of("Swish", 24).input(x), List.of(x.mul(x.sigmoid())));
        assertResults(OneNode.of("Swish", 24).real("alpha", 0.3).input(x), List.of(gated));
        assertResults(OneNode.of("SwiGLU", 28).real("alpha", 0.3).input(x).input(y), List.of(gated.mul(y)));
    }

    @Test
    void slopesBelowZeroAreWeights() {
        assertSame(OneNode.of("PRelu", 9).input(random(2, 3, 4)).weight(random(3, 1)));
        assertSame(OneNode.of("PRelu", 16).input(random(2, 3, 4)).input(random(1)));
    }

    @Test
    void limitsAreAttributesInOldVersions() {
        assertSame(OneNode.of("Clip", 10).input(floats(-INFINITY, -1, 3)));
        assertSame(OneNode.of("Clip", 10).real("min", -0.5).input(random(20)));
        assertSame(OneNode.of("Clip", 10).real("min", -0.5).real("max", 0.5).input(random(20)));
    }

    @Test
    void limitsAreInputsInNewVersions() {
        assertSame(OneNode.of("Clip", 13).input(random(20)));
        assertSame(OneNode.of("Clip", 13).input(random(20)).weight(scalar(-0.5f)));
        assertSame(OneNode.of("Clip", 13).input(random(20)).none().weight(scalar(0.5f)));
        assertSame(OneNode.of("Clip", 13).input(random(20)).input(scalar(0.5f)).input(scalar(-0.5f)));
        Tensor whole = longs(-3, 2, 9);
        assertSame(OneNode.of("Clip", 13)
                .input(whole)
                .weight(longs(0).reshape(new long[0]))
                .weight(longs(5).reshape(new long[0])));
    }

    @Test
    void infinitiesOfEitherSignAreFound() {
        Tensor x = floats(-INFINITY, INFINITY, 0, Float.NaN);
        assertSame(OneNode.of("IsInf", 10).input(x));
        assertSame(OneNode.of("IsInf", 10).integer("detect_negative", 0).input(x));
        assertSame(OneNode.of("IsInf", 10).integer("detect_positive", 0).input(x));
        assertSame(OneNode.of("IsInf", 10)
                .integer("detect_positive", 0)
                .integer("detect_negative", 0)
                .input(x));
        assertSame(OneNode.of("IsNaN", 9).input(x));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Tanh", "Elu", "Gelu", "HardSigmoid", "Mish", "Selu", "Shrink", "Softsign"})
    void gradientsFlowThroughActivations(String operator) {
        assertGradients(OneNode.of(operator, 20).input(floats(-1.7f, -0.8f, -0.2f, 0.3f, 0.7f, 1.4f)));
    }

    @Test
    void wholeNumbersStayWhole() {
        Tensor whole = Torch.tensor(new int[] {-3, 0, 4});
        for (String operator : List.of("Abs", "Neg", "Sign", "Relu")) {
            assertSame(OneNode.of(operator, 14).input(whole));
        }
    }
}
