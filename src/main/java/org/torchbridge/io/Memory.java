package org.torchbridge.io;

import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeTensor;

/** Memory of a file as the storage of tensors. */
final class Memory {
    private Memory() {}

    /**
     * A storage over {@code bytes}. PyTorch aligns numbers; where another program packed a file, they may lie across
     * words, and are copied.
     */
    static Tensor aligned(Tensor bytes, DType dtype) {
        int width = dtype == DType.UINT8 ? Long.BYTES : Math.min(Long.BYTES, dtype.itemSize());
        boolean isAligned = NativeTensor.dataAddress(bytes.handle()) % width == 0;
        return isAligned ? Torch.fromBuffer(bytes) : bytes.clone();
    }
}
