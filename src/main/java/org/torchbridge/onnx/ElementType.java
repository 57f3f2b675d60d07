package org.torchbridge.onnx;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;

/**
 * The element types of ONNX, in the order of their numbers.
 *
 * <p>libtorch computes in {@link #carrier}: where it only stores a type, as {@code uint16}, or packs it, as {@code int4}, this
 * is a wider one with the same values.
 */
public enum ElementType {
    UNDEFINED(null),
    FLOAT(DType.FLOAT32),
    UINT8(DType.UINT8),
    INT8(DType.INT8),
    UINT16(DType.UINT16, DType.INT32),
    INT16(DType.INT16),
    INT32(DType.INT32),
    INT64(DType.INT64),
    STRING(null),
    BOOL(DType.BOOL),
    FLOAT16(DType.FLOAT16),
    DOUBLE(DType.FLOAT64),
    UINT32(DType.UINT32, DType.INT64),
    UINT64(DType.UINT64, DType.INT64),
    COMPLEX64(DType.COMPLEX64),
    COMPLEX128(DType.COMPLEX128),
    BFLOAT16(DType.BFLOAT16),
    FLOAT8E4M3FN(DType.FLOAT8_E4M3FN),
    FLOAT8E4M3FNUZ(DType.FLOAT8_E4M3FNUZ),
    FLOAT8E5M2(DType.FLOAT8_E5M2),
    FLOAT8E5M2FNUZ(DType.FLOAT8_E5M2FNUZ),
    UINT4(DType.UINT8),
    INT4(DType.INT8),
    FLOAT4E2M1(DType.FLOAT32),
    FLOAT8E8M0(DType.FLOAT8_E8M0FNU),
    UINT2(DType.UINT8),
    INT2(DType.INT8),
    FLOAT6E2M3(DType.FLOAT32),
    FLOAT6E3M2(DType.FLOAT32);

    private static final ElementType[] BY_CODE = values();

    private final @Nullable DType dtype;
    private final @Nullable DType carrier;

    ElementType(@Nullable DType dtype) {
        this(dtype, dtype);
    }

    ElementType(@Nullable DType dtype, @Nullable DType carrier) {
        this.dtype = dtype;
        this.carrier = carrier;
    }

    /**
     * The type with ONNX's number {@code code}.
     *
     * @throws FileFormatException if there is none
     */
    public static ElementType of(int code) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new FileFormatException(
                    "has a tensor of the element type number " + code + "; known are 0 to " + (BY_CODE.length - 1));
        }
        return BY_CODE[code];
    }

    /** The ONNX type that tensors of type {@code dtype} have. */
    public static ElementType of(DType dtype) {
        for (ElementType type : BY_CODE) {
            if (type.dtype == dtype) {
                return type;
            }
        }
        throw new IllegalArgumentException("ONNX has no tensors of type " + dtype);
    }

    /** ONNX's number of this type. */
    public int code() {
        return ordinal();
    }

    /** The type of the tensors that are read from files and given to users; null for strings. */
    public @Nullable DType dtype() {
        return dtype;
    }

    /** The type that programs compute in; null for strings. */
    public @Nullable DType carrier() {
        return carrier;
    }

    /** Whether elements share bytes in files, as they are of less than eight bits. */
    public boolean isPacked() {
        return packedBits() != 0;
    }

    /** How many bits an element has if it is of less than eight; 0 for other types. */
    public int packedBits() {
        return switch (this) {
            case UINT2, INT2 -> 2;
            case UINT4, INT4, FLOAT4E2M1 -> 4;
            case FLOAT6E2M3, FLOAT6E3M2 -> 6;
            default -> 0;
        };
    }

    /** ONNX's own spelling: {@code float}, {@code int64}, {@code float8e4m3fn}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
