package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DTypeTest {
    /** Where libtorch's own words for a type are others than Python's. */
    private static final Map<DType, String> NATIVE_NAMES = Map.ofEntries(
            Map.entry(DType.UINT8, "Byte"),
            Map.entry(DType.INT8, "Char"),
            Map.entry(DType.INT16, "Short"),
            Map.entry(DType.INT32, "Int"),
            Map.entry(DType.INT64, "Long"),
            Map.entry(DType.FLOAT16, "Half"),
            Map.entry(DType.FLOAT32, "Float"),
            Map.entry(DType.FLOAT64, "Double"),
            Map.entry(DType.COMPLEX32, "ComplexHalf"),
            Map.entry(DType.COMPLEX64, "ComplexFloat"),
            Map.entry(DType.COMPLEX128, "ComplexDouble"));

    @BeforeAll
    static void load() {
        Torch.version();
    }

    @Test
    void thereIsOneForEveryTypeOfLibtorch() {
        assertThat(DType.values()).hasSize(ScalarType.NumOptions.value - 1);
    }

    @ParameterizedTest
    @EnumSource
    void numberAndNameAreThoseOfLibtorch(DType type) {
        String expected = NATIVE_NAMES.getOrDefault(type, type.pythonName());
        ScalarType nativeType = nativeType(type);

        assertThat(nativeType.name()).isEqualToIgnoringCase(expected);
        assertThat(DType.of(type.code())).isSameAs(type);
    }

    @ParameterizedTest
    @EnumSource
    void sizeOfAnElementIsThatOfLibtorch(DType type) {
        assertThat((long) type.itemSize()).isEqualTo(torch.elementSize(nativeType(type)));
    }

    @ParameterizedTest
    @EnumSource
    void kindIsThatOfLibtorch(DType type) {
        ScalarType nativeType = nativeType(type);

        assertThat(type.isFloatingPoint()).isEqualTo(torch.isFloatingType(nativeType));
        assertThat(type.isComplex()).isEqualTo(torch.isComplexType(nativeType));
        assertThat(type.isQuantized()).isEqualTo(torch.isQIntType(nativeType));
    }

    private static ScalarType nativeType(DType type) {
        for (ScalarType candidate : ScalarType.values()) {
            if (candidate.value == type.code()) {
                return candidate;
            }
        }
        throw new AssertionError("libtorch has no type number " + type.code());
    }

    @ParameterizedTest
    @EnumSource
    void textGoesBothWays(DType type) {
        assertThat(DType.parse(type.toString())).isSameAs(type);
        assertThat(DType.parse(type.pythonName())).isSameAs(type);
        assertThat(type.toString()).isEqualTo("torch." + type.pythonName());
    }

    @ParameterizedTest
    @CsvSource({
        "float, FLOAT32",
        "double, FLOAT64",
        "half, FLOAT16",
        "long, INT64",
        "int, INT32",
        "short, INT16",
        "torch.cfloat, COMPLEX64",
        "cdouble, COMPLEX128",
        "chalf, COMPLEX32",
        "bool, BOOL",
        "bfloat16, BFLOAT16"
    })
    void aliasesOfPython(String name, DType type) {
        assertThat(DType.parse(name)).isSameAs(type);
    }

    @Test
    void integersAreThoseWithoutFraction() {
        assertThat(DType.INT8.isInteger()).isTrue();
        assertThat(DType.UINT64.isInteger()).isTrue();
        assertThat(DType.BOOL.isInteger()).isFalse();
        assertThat(DType.QINT8.isInteger()).isFalse();
        assertThat(DType.FLOAT32.isInteger()).isFalse();
    }

    @Test
    void unknownOnesAreRefused() {
        assertThatThrownBy(() -> DType.parse("float23"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'float23' is not a tensor type");
        assertThatThrownBy(() -> DType.of(99))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("99");
        assertThatThrownBy(() -> DType.of(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
