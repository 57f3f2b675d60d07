package org.torchbridge;

/** Tensors as Python prints them. */
final class TensorPrinter {
    private TensorPrinter() {}

    static String print(Tensor tensor, PrintOptions options) {
        return "tensor(" + java.util.Arrays.toString(tensor.toDoubleArray()) + ")";
    }
}
