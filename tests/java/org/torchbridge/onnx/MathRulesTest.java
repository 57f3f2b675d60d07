package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class MathRulesTest extends RuleTest {
    @Test
    void pairsAreBroadcast() {
        for (String operator : List.of("Add", "Sub", "Mul", "Div")) {
            assertSame(OneNode.of(operator, 7).input(random(2, 1, 4)).input(random(3, 1)));
            assertSame(OneNode.of(operator, 14).input(random(2, 3)).weight(random(3)));
            assertGradients(OneNode.of(operator, 14)
                    .input(random(2, 3))
                    .input(random(3).abs().add(1)));
        }
    }

    @Test
    void wholeNumbersAreDividedTowardsZero() {
        Tensor a = Torch.tensor(new int[] {7, -7, 7, -7});
        Tensor b = Torch.tensor(new int[] {2, 2, -2, -2});
        assertSame(OneNode.of("Div", 14).input(a).input(b));
        assertSame(OneNode.of("Div", 14).input(a.to(DType.INT64)).input(b.to(DType.INT64)));
    }

    @Test
    void remaindersHaveTheSignOfTheDivisorOrOfTheDividend() {
        Tensor a = longs(7, -7, 7, -7);
        Tensor b = longs(3, 3, -3, -3);
        assertSame(OneNode.of("Mod", 13).input(a).input(b));
        assertSame(OneNode.of("Mod", 13).flag("fmod").input(a).input(b));
        assertSame(OneNode.of("Mod", 13)
                .flag("fmod")
                .input(a.to(DType.FLOAT32).add(0.5))
                .input(b.to(DType.FLOAT32)));
    }

    /** ONNX Runtime does not know the version that has rests of real numbers with the sign of the divisor. */
    @Test
    void aRestOfZeroHasTheSignOfTheDivisor() {
        Tensor a = Torch.tensor(new float[] {0, -0f, 0, -0f, 6, -6});
        Tensor b = Torch.tensor(new float[] {-2, 2, 2, -2, -2, 2});
        Tensor rest = results(OneNode.of("Mod", 28).input(a).input(b)).get(0);

        assertThat(rest.toFloatArray()).containsExactly(-0f, 0, 0, -0f, -0f, 0);
    }

    @Test
    void powersHaveTheTypeOfTheBase() {
        Tensor base = random(4).abs().add(0.5);
        assertSame(OneNode.of("Pow", 7).input(base).input(random(4)));
        assertSame(OneNode.of("Pow", 13).input(base).weight(longs(3)));
        assertSame(OneNode.of("Pow", 13).input(longs(2, 3, -4)).input(Torch.tensor(new float[] {2})));
        assertGradients(OneNode.of("Pow", 13).input(base).input(random(4)));
    }

    @Test
    void anyNumberOfTensorsIsFolded() {
        for (String operator : List.of("Max", "Min", "Sum", "Mean")) {
            for (long version : new long[] {7, 8, 13}) {
                assertSame(OneNode.of(operator, version).input(random(2, 3)));
                assertSame(OneNode.of(operator, version)
                        .input(random(2, 3))
                        .input(random(2, 3))
                        .input(random(2, 3)));
            }
            assertSame(OneNode.of(operator, 13).input(random(2, 1)).input(random(3)));
            assertGradients(OneNode.of(operator, 13).input(random(2, 3)).input(random(3)));
        }
        assertSame(OneNode.of("Max", 12).input(longs(1, 5)).input(longs(3, 2)));
    }

    @Test
    void bitsAreCombinedAndShifted() {
        Tensor a = longs(12, 7, -1);
        Tensor b = longs(10, 1, 3);
        for (String operator : List.of("BitwiseAnd", "BitwiseOr", "BitwiseXor")) {
            assertSame(OneNode.of(operator, 18).input(a).input(b));
        }
        Tensor bytes = longs(1, 200, 7).to(DType.UINT8);
        for (String direction : List.of("LEFT", "RIGHT")) {
            assertSame(OneNode.of("BitShift", 11)
                    .text("direction", direction)
                    .input(bytes)
                    .input(longs(1, 2, 3).to(DType.UINT8)));
        }
    }

    @Test
    void sumsAccumulateInEveryOrder() {
        for (long exclusive = 0; exclusive < 2; exclusive++) {
            for (long reverse = 0; reverse < 2; reverse++) {
                assertSame(OneNode.of("CumSum", 14)
                        .integer("exclusive", exclusive)
                        .integer("reverse", reverse)
                        .input(random(2, 3))
                        .weight(longs(1).reshape(new long[0])));
            }
        }
        assertSame(OneNode.of("CumSum", 11).input(random(2, 3)).input(longs(-2)));
        assertSame(
                OneNode.of("CumSum", 11).input(longs(1, 2, 3).to(DType.INT32)).weight(0));
        assertGradients(
                OneNode.of("CumSum", 11).flag("reverse").input(random(2, 3)).weight(0));
    }

    @Test
    void productsAccumulateInEveryOrder() {
        Tensor x = Torch.tensor(new float[] {2, 3, 4, 5});
        assertResults(products(x), List.of(Torch.tensor(new float[] {2, 6, 24, 120})));
        assertResults(products(x).flag("exclusive"), List.of(Torch.tensor(new float[] {1, 2, 6, 24})));
        assertResults(products(x).flag("reverse"), List.of(Torch.tensor(new float[] {120, 60, 20, 5})));
        assertResults(products(x).flag("reverse").flag("exclusive"), List.of(Torch.tensor(new float[] {60, 20, 5, 1})));
        assertResults(products(longs(2, 3).to(DType.INT32)), List.of(longs(2, 6).to(DType.INT32)));
    }

    private static OneNode products(Tensor x) {
        return OneNode.of("CumProd", 26).input(x).input(Torch.tensor(0L));
    }

    @Test
    void exclusiveSumsDoWithoutSubtraction() {
        Tensor x = Torch.tensor(new float[] {1, Float.POSITIVE_INFINITY, 2});
        assertSame(OneNode.of("CumSum", 14).flag("exclusive").input(x).input(Torch.tensor(0L)));
    }

    @Test
    void unknownDirectionsAreRefused() {
        Tensor bytes = longs(1, 2).to(DType.UINT8);
        assertRefused(
                OneNode.of("BitShift", 11).text("direction", "UP").input(bytes).input(bytes), "direction UP");
    }
}
