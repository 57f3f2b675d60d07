package org.torchbridge.io;

import org.torchbridge.DType;
import org.torchbridge.Tensor;

/** Numbers from machines whose most important byte comes first. */
final class ByteOrders {
    private ByteOrders() {}

    /** A copy of {@code bytes}, numbers of type {@code dtype}, with each number's bytes in the other order. */
    static Tensor swapped(Tensor bytes, DType dtype) {
        int width = dtype.isComplex() ? dtype.itemSize() / 2 : dtype.itemSize();
        return width == 1 ? bytes : bytes.view(-1, width).flip(1).view(-1);
    }
}
