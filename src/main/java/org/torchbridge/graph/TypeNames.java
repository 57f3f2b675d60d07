package org.torchbridge.graph;

import org.torchbridge.DType;

/** TorchScript's own names of tensor types: {@code Float} for {@code float32}. */
final class TypeNames {
    private TypeNames() {}

    static String of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> "Float";
            case FLOAT64 -> "Double";
            case FLOAT16 -> "Half";
            case BFLOAT16 -> "BFloat16";
            case INT64 -> "Long";
            case INT32 -> "Int";
            case INT16 -> "Short";
            case INT8 -> "Char";
            case UINT8 -> "Byte";
            case BOOL -> "Bool";
            case COMPLEX64 -> "ComplexFloat";
            case COMPLEX128 -> "ComplexDouble";
            default -> dtype.toString();
        };
    }
}
