package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class ScalarTest {
    @Test
    void kinds() {
        assertThat(Scalar.of(1.5).isFloatingPoint()).isTrue();
        assertThat(Scalar.of(1).isInteger()).isTrue();
        assertThat(Scalar.of(true).isBoolean()).isTrue();
        assertThat(Scalar.of(true).isInteger()).isFalse();
        assertThat(Scalar.complex(1, 2).isComplex()).isTrue();
    }

    @Test
    void values() {
        assertThat(Scalar.of(-2.75).doubleValue()).isEqualTo(-2.75);
        assertThat(Scalar.of(-2.75).longValue()).isEqualTo(-2);
        assertThat(Scalar.of(Long.MIN_VALUE).longValue()).isEqualTo(Long.MIN_VALUE);
        assertThat(Scalar.of(7).floatValue()).isEqualTo(7f);
        assertThat(Scalar.of(true).intValue()).isEqualTo(1);
        assertThat(Scalar.of(0.5).booleanValue()).isTrue();
        assertThat(Scalar.of(0).booleanValue()).isFalse();
        assertThat(Scalar.complex(0, 1).booleanValue()).isTrue();
        assertThat(Scalar.complex(3, 4).real()).isEqualTo(3);
        assertThat(Scalar.complex(3, 4).imaginary()).isEqualTo(4);
        assertThat(Scalar.complex(3, 0).doubleValue()).isEqualTo(3);
        assertThat(Scalar.of(5).imaginary()).isZero();
    }

    @Test
    void aComplexNumberHasNoRealValue() {
        assertThatThrownBy(() -> Scalar.complex(1, -2).doubleValue())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("(1.0-2.0j)");
    }

    @Test
    void text() {
        assertThat(Scalar.of(1.5)).hasToString("1.5");
        assertThat(Scalar.of(3)).hasToString("3");
        assertThat(Scalar.of(false)).hasToString("false");
        assertThat(Scalar.complex(1, 2)).hasToString("(1.0+2.0j)");
        assertThat(Scalar.complex(1, -0.0)).hasToString("(1.0-0.0j)");
    }

    @Test
    void equality() {
        assertThat(Scalar.of(2)).isEqualTo(Scalar.of(2)).hasSameHashCodeAs(Scalar.of(2));
        assertThat(Scalar.of(2)).isNotEqualTo(Scalar.of(2.0)).isNotEqualTo(Scalar.of(3));
        assertThat(Scalar.of(true)).isNotEqualTo(Scalar.of(1));
        assertThat(Scalar.complex(1, 2)).isNotEqualTo(Scalar.complex(1, 3));
    }

    @Test
    void theKindDecidesTheResultsTypeAsInPython() {
        Tensor whole = Torch.tensor(1L, 2L);

        assertThat(whole.add(1).dtype()).isEqualTo(DType.INT64);
        assertThat(whole.add(1.0).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(whole.add(1f).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(whole.add((short) 1).dtype()).isEqualTo(DType.INT64);
        assertThat(whole.mul(Scalar.complex(0, 1)).dtype()).isEqualTo(DType.COMPLEX64);
        assertThat(Torch.full(new long[] {1}, Scalar.of(true)).dtype()).isEqualTo(DType.BOOL);
    }

    @Test
    void anyNumberOfJavaIsTaken() {
        Tensor zero = Torch.zeros(new long[] {1}, DType.INT64);

        assertThat(zero.add(new BigInteger("9007199254740993")).toLong()).isEqualTo(9007199254740993L);
        assertThat(zero.add((byte) 3).toLong()).isEqualTo(3);
        assertThatThrownBy(() -> zero.add(BigInteger.ONE.shiftLeft(70))).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void itemGivesTheKindOfTheType() {
        assertThat(Torch.tensor(2.5).item()).isEqualTo(Scalar.of(2.5));
        assertThat(Torch.tensor((Object) 3).item()).isEqualTo(Scalar.of(3));
        assertThat(Torch.tensor((Object) true).item()).isEqualTo(Scalar.of(true));
        assertThat(Torch.tensor(Scalar.complex(1, -2)).item()).isEqualTo(Scalar.complex(1, -2));
        assertThat(Torch.full(new long[0], -1, DType.INT64)
                        .to(DType.UINT64)
                        .item()
                        .real())
                .isEqualTo(0x1p64);
    }

    @Test
    void fractionsAreNoDimensions() {
        assertThatThrownBy(() -> Torch.ones(2, 2).argmax(0.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dim is 0.5; a whole number is expected");
    }
}
