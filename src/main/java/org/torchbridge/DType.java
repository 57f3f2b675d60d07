package org.torchbridge;

import java.util.Locale;

/**
 * The element type of a tensor, with libtorch's numbering ({@code c10::ScalarType}) and Python's names.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/tensor_attributes.html#torch.dtype">torch.dtype</a>.
 */
public enum DType {
    UINT8(1, Kind.UNSIGNED),
    INT8(1, Kind.SIGNED),
    INT16(2, Kind.SIGNED),
    INT32(4, Kind.SIGNED),
    INT64(8, Kind.SIGNED),
    FLOAT16(2, Kind.FLOATING),
    FLOAT32(4, Kind.FLOATING),
    FLOAT64(8, Kind.FLOATING),
    COMPLEX32(4, Kind.COMPLEX),
    COMPLEX64(8, Kind.COMPLEX),
    COMPLEX128(16, Kind.COMPLEX),
    BOOL(1, Kind.BOOLEAN),
    QINT8(1, Kind.QUANTIZED),
    QUINT8(1, Kind.QUANTIZED),
    QINT32(4, Kind.QUANTIZED),
    BFLOAT16(2, Kind.FLOATING),
    QUINT4X2(1, Kind.QUANTIZED),
    QUINT2X4(1, Kind.QUANTIZED),
    BITS1X8(1, Kind.BITS),
    BITS2X4(1, Kind.BITS),
    BITS4X2(1, Kind.BITS),
    BITS8(1, Kind.BITS),
    BITS16(2, Kind.BITS),
    FLOAT8_E5M2(1, Kind.FLOATING),
    FLOAT8_E4M3FN(1, Kind.FLOATING),
    FLOAT8_E5M2FNUZ(1, Kind.FLOATING),
    FLOAT8_E4M3FNUZ(1, Kind.FLOATING),
    UINT16(2, Kind.UNSIGNED),
    UINT32(4, Kind.UNSIGNED),
    UINT64(8, Kind.UNSIGNED),
    UINT1(1, Kind.UNSIGNED),
    UINT2(1, Kind.UNSIGNED),
    UINT3(1, Kind.UNSIGNED),
    UINT4(1, Kind.UNSIGNED),
    UINT5(1, Kind.UNSIGNED),
    UINT6(1, Kind.UNSIGNED),
    UINT7(1, Kind.UNSIGNED),
    INT1(1, Kind.SIGNED),
    INT2(1, Kind.SIGNED),
    INT3(1, Kind.SIGNED),
    INT4(1, Kind.SIGNED),
    INT5(1, Kind.SIGNED),
    INT6(1, Kind.SIGNED),
    INT7(1, Kind.SIGNED),
    FLOAT8_E8M0FNU(1, Kind.FLOATING),
    FLOAT4_E2M1FN_X2(1, Kind.FLOATING);

    private enum Kind {
        UNSIGNED,
        SIGNED,
        FLOATING,
        COMPLEX,
        BOOLEAN,
        QUANTIZED,
        BITS
    }

    private static final DType[] BY_CODE = values();

    private final int itemSize;
    private final Kind kind;

    DType(int itemSize, Kind kind) {
        this.itemSize = itemSize;
        this.kind = kind;
    }

    /** The type with libtorch's number {@code code}. */
    public static DType of(int code) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new IllegalArgumentException(
                    "libtorch's type number " + code + " is not known; known are 0 to " + (BY_CODE.length - 1));
        }
        return BY_CODE[code];
    }

    /** The type that Python calls {@code name}, with or without {@code "torch."}, aliases such as "half" included. */
    public static DType parse(String name) {
        String plain = name.startsWith("torch.") ? name.substring("torch.".length()) : name;
        switch (plain) {
            case "float":
                return FLOAT32;
            case "double":
                return FLOAT64;
            case "half":
                return FLOAT16;
            case "long":
                return INT64;
            case "int":
                return INT32;
            case "short":
                return INT16;
            case "cfloat":
                return COMPLEX64;
            case "cdouble":
                return COMPLEX128;
            case "chalf":
                return COMPLEX32;
            default:
                for (DType type : BY_CODE) {
                    if (type.pythonName().equals(plain)) {
                        return type;
                    }
                }
                throw new IllegalArgumentException(
                        "'" + name + "' is not a tensor type; try float32, int64, bool and so on");
        }
    }

    /** libtorch's number of this type. */
    public int code() {
        return ordinal();
    }

    /** Bytes of one element. */
    public int itemSize() {
        return itemSize;
    }

    /** Python's name without the module: {@code "float32"}. */
    public String pythonName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isFloatingPoint() {
        return kind == Kind.FLOATING;
    }

    public boolean isComplex() {
        return kind == Kind.COMPLEX;
    }

    /** Whole numbers, signed or not; {@link #BOOL} is not one of them. */
    public boolean isInteger() {
        return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
    }

    public boolean isQuantized() {
        return kind == Kind.QUANTIZED;
    }

    /** Python's text: {@code "torch.float32"}. */
    @Override
    public String toString() {
        return "torch." + pythonName();
    }
}
