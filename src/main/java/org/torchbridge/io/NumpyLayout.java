package org.torchbridge.io;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;

/** How NumPy names types, and in which order an array's elements lie. */
final class NumpyLayout {
    private static final Map<DType, String> CODES = new EnumMap<>(Map.ofEntries(
            Map.entry(DType.BOOL, "b1"),
            Map.entry(DType.INT8, "i1"),
            Map.entry(DType.INT16, "i2"),
            Map.entry(DType.INT32, "i4"),
            Map.entry(DType.INT64, "i8"),
            Map.entry(DType.UINT8, "u1"),
            Map.entry(DType.UINT16, "u2"),
            Map.entry(DType.UINT32, "u4"),
            Map.entry(DType.UINT64, "u8"),
            Map.entry(DType.FLOAT16, "f2"),
            Map.entry(DType.FLOAT32, "f4"),
            Map.entry(DType.FLOAT64, "f8"),
            Map.entry(DType.COMPLEX64, "c8"),
            Map.entry(DType.COMPLEX128, "c16")));

    private static final Map<String, DType> TYPES = new HashMap<>();

    static {
        CODES.forEach((type, code) -> TYPES.put(code, type));
    }

    private NumpyLayout() {}

    /** The type of that name without its byte order, or null if no tensor can have it. */
    static @Nullable DType type(String code) {
        return TYPES.get(code);
    }

    /** NumPy's name of a type without its byte order, or null if it has none. */
    static @Nullable String code(DType dtype) {
        return CODES.get(dtype);
    }

    /**
     * An array over its elements.
     *
     * @param columnsFirst whether the first index runs fastest, as in Fortran
     */
    static Tensor arranged(Tensor elements, long[] shape, boolean columnsFirst) {
        if (!columnsFirst) {
            return elements.view(shape);
        }
        long[] reversed = new long[shape.length];
        long[] order = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            order[i] = shape.length - 1L - i;
            reversed[i] = shape[(int) order[i]];
        }
        return elements.view(reversed).permute(order);
    }
}
