package org.torchbridge.onnx.importer;

import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;

/** What no number of a type is beyond. */
final class Extremes {
    private Extremes() {}

    /** What no number is smaller than; a type that is not known counts as floating point. */
    static Object smallest(@Nullable DType dtype) {
        if (dtype == null || dtype.isFloatingPoint()) {
            return Double.NEGATIVE_INFINITY;
        }
        return isUnsigned(dtype) ? 0L : -(1L << bits(dtype) - 1);
    }

    /** What no number is larger than; a type that is not known counts as floating point. */
    static Object largest(@Nullable DType dtype) {
        if (dtype == null || dtype.isFloatingPoint()) {
            return Double.POSITIVE_INFINITY;
        }
        return dtype == DType.BOOL ? 1L : (1L << (isUnsigned(dtype) ? bits(dtype) : bits(dtype) - 1)) - 1;
    }

    private static boolean isUnsigned(DType dtype) {
        return dtype == DType.BOOL || dtype == DType.UINT8;
    }

    private static long bits(DType dtype) {
        return 8L * dtype.itemSize();
    }
}
