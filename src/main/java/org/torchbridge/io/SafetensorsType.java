package org.torchbridge.io;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;

/** The names of element types in a safetensors file; where tensors are sorted, types come in the reverse of this order. */
enum SafetensorsType {
    BOOL(DType.BOOL),
    /** Counted one by one in a file, and by pairs, which fill a byte, in a tensor. */
    F4(DType.FLOAT4_E2M1FN_X2),
    U8(DType.UINT8),
    I8(DType.INT8),
    F8_E5M2(DType.FLOAT8_E5M2),
    F8_E4M3(DType.FLOAT8_E4M3FN),
    F8_E8M0(DType.FLOAT8_E8M0FNU),
    F8_E4M3FNUZ(DType.FLOAT8_E4M3FNUZ),
    F8_E5M2FNUZ(DType.FLOAT8_E5M2FNUZ),
    I16(DType.INT16),
    U16(DType.UINT16),
    F16(DType.FLOAT16),
    BF16(DType.BFLOAT16),
    I32(DType.INT32),
    U32(DType.UINT32),
    F32(DType.FLOAT32),
    C64(DType.COMPLEX64),
    F64(DType.FLOAT64),
    I64(DType.INT64),
    U64(DType.UINT64);

    private static final Map<DType, SafetensorsType> BY_DTYPE = new EnumMap<>(DType.class);

    static {
        for (SafetensorsType type : values()) {
            BY_DTYPE.put(type.dtype, type);
        }
    }

    final DType dtype;

    SafetensorsType(DType dtype) {
        this.dtype = dtype;
    }

    /** The type of that name, or null if the format or libtorch has none. */
    static @Nullable SafetensorsType named(String name) {
        for (SafetensorsType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }

    /** The type of a tensor's elements, or null if the format has none. */
    static @Nullable SafetensorsType of(DType dtype) {
        return BY_DTYPE.get(dtype);
    }

    /** How many of a file's elements are one of a tensor's. */
    int packing() {
        return this == F4 ? 2 : 1;
    }
}
