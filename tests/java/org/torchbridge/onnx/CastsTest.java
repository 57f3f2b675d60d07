package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Types that ONNX Runtime does not know: the numbers are those of ONNX's own reference, in version 1.23. */
class CastsTest extends RuleTest {
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    private static Tensor floats(double... values) {
        return Torch.tensor(values).to(DType.FLOAT32);
    }

    private static OneNode cast(long version, ElementType to, Tensor x) {
        return OneNode.of("Cast", version).integer("to", to.code()).input(x);
    }

    private static double[] numbers(OneNode node) {
        return results(node).get(0).to(DType.FLOAT64).toDoubleArray();
    }

    // ---- whole numbers of a few bits

    @Test
    void theHigherBitsOfWholeNumbersAreDropped() {
        Tensor x = longs(-9, -1, 0, 7, 9, 17);
        assertThat(numbers(cast(21, ElementType.INT4, x))).containsExactly(7, -1, 0, 7, -7, 1);
        assertThat(numbers(cast(21, ElementType.UINT4, x))).containsExactly(7, 15, 0, 7, 9, 1);
        assertThat(numbers(cast(25, ElementType.INT2, x))).containsExactly(-1, -1, 0, -1, 1, 1);
        assertThat(numbers(cast(25, ElementType.UINT2, x))).containsExactly(3, 3, 0, 3, 1, 1);
    }

    @Test
    void realNumbersAreCutOffAndLoseHigherBitsSinceVersion24() {
        Tensor x = floats(-9, -8.5, -1, 0.5, 1.5, 2.5, 7.7, 9, 15, 17);
        assertThat(numbers(cast(25, ElementType.INT4, x))).containsExactly(7, -8, -1, 0, 1, 2, 7, -7, -1, 1);
        assertThat(numbers(cast(25, ElementType.UINT4, x))).containsExactly(7, 8, 15, 0, 1, 2, 7, 9, 15, 1);
        assertThat(numbers(cast(25, ElementType.INT2, x))).containsExactly(-1, 0, -1, 0, 1, -2, -1, 1, -1, 1);
        assertThat(numbers(cast(25, ElementType.UINT2, x))).containsExactly(3, 0, 3, 0, 1, 2, 3, 1, 3, 1);
    }

    @Test
    void realNumbersAreRoundedAndHeldWithinTheTypeBeforeVersion24() {
        Tensor x = floats(-9, -8.5, -1, 0.5, 1.5, 7.7, 17);
        assertThat(numbers(cast(21, ElementType.INT4, x))).containsExactly(-8, -8, -1, 0, 2, 7, 7);
        assertThat(numbers(cast(23, ElementType.UINT4, x))).containsExactly(0, 0, 0, 0, 2, 8, 15);
    }

    // ---- real numbers of a few bits

    @Test
    void realNumbersOfAFewBitsAreTheNearest() {
        Tensor x = floats(0.2, 0.25, 0.3, 0.75, 1.25, -1.75, 2.5, 3.5, 5, 5.1, 100, -INFINITY, INFINITY);
        assertThat(numbers(cast(23, ElementType.FLOAT4E2M1, x)))
                .containsExactly(0, 0, 0.5, 1, 1, -2, 2, 4, 4, 6, 6, -6, 6);
        assertThat(numbers(cast(28, ElementType.FLOAT6E2M3, x)))
                .containsExactly(0.25, 0.25, 0.25, 0.75, 1.25, -1.75, 2.5, 3.5, 5, 5, 7.5, -7.5, 7.5);
        assertThat(numbers(cast(28, ElementType.FLOAT6E3M2, x)))
                .containsExactly(0.1875, 0.25, 0.3125, 0.75, 1.25, -1.75, 2.5, 3.5, 5, 5, 28, -28, 28);
    }

    @Test
    void whatIsNoNumberBecomesZeroWhereTheTypeHasOnlyNumbers() {
        assertThat(numbers(cast(23, ElementType.FLOAT4E2M1, floats(Double.NaN))))
                .containsExactly(0);
    }

    @ParameterizedTest
    @CsvSource({"up, 0.5 1 2 2 4", "down, 0.25 1 1 1 2", "nearest, 0.25 1 1 2 4"})
    void powersOfTwoAreRoundedAsTheModelSays(String mode, String expected) {
        Tensor x = floats(0.3, 1, 1.1, 1.5, 3);
        String[] powers = expected.split(" ");
        double[] numbers = numbers(cast(24, ElementType.FLOAT8E8M0, x).text("round_mode", mode));

        for (int i = 0; i < powers.length; i++) {
            assertThat(numbers[i]).isEqualTo(Double.parseDouble(powers[i]));
        }
    }

    @Test
    void powersOfTwoSaturateOrAreMissing() {
        Tensor x = floats(0, INFINITY, 3.4e38, Double.NaN);
        double smallest = Math.scalb(1.0, -127);
        double largest = Math.scalb(1.0, 127);

        assertThat(numbers(cast(24, ElementType.FLOAT8E8M0, x)))
                .containsExactly(smallest, largest, largest, Double.NaN);
        assertThat(numbers(cast(24, ElementType.FLOAT8E8M0, x).integer("saturate", 0)))
                .containsOnly(Double.NaN);
    }

    // ---- the same bits

    @Test
    void bitsAreThoseOfTheOtherType() {
        Tensor ones = floats(1, -2);
        assertResults(bits(ElementType.INT32, ones), List.of(Torch.tensor(new int[] {0x3F800000, 0xC0000000})));
        assertResults(bits(ElementType.FLOAT, Torch.tensor(new int[] {0x3F800000, 0xC0000000})), List.of(ones));
        assertResults(
                bits(ElementType.UINT8, longs(-1, 1).to(DType.INT8)),
                List.of(longs(255, 1).to(DType.UINT8)));
        assertResults(
                bits(ElementType.INT64, Torch.tensor(new double[] {1})), List.of(longs(Double.doubleToRawLongBits(1))));
    }

    @Test
    void typesThatAreOnlyStoredHaveTheirBitsToo() {
        Tensor whole = longs(0xFFFF, 0x3C00);
        assertResults(
                bits(ElementType.INT16, whole.to(DType.INT32).to(DType.UINT16)),
                List.of(longs(-1, 0x3C00).to(DType.INT16)));
        assertThat(numbers(bits(ElementType.UINT16, floats(1).to(DType.FLOAT16))))
                .containsExactly(0x3C00);
        assertThat(numbers(bits(ElementType.UINT32, floats(-2)))).containsExactly(0xC0000000L);
    }

    @Test
    void bitsOfAnotherNumberAreMalformed() {
        assertThatThrownBy(() -> bits(ElementType.INT64, floats(1)).load().toGraph())
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("takes the bits of float for those of int64");
    }

    private static OneNode bits(ElementType to, Tensor x) {
        return OneNode.of("BitCast", 26).integer("to", to.code()).input(x);
    }
}
