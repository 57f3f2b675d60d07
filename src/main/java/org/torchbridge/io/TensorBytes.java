package org.torchbridge.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.Layout;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/** Tensors as their elements' bytes, in row-major order, and back. */
final class TensorBytes {
    /** What libtorch's loops over elements can handle. */
    private static final int MAX_DIMENSIONS = 64;

    private static final int CHUNK_BYTES = 16 << 20;

    /** Takes some of the bytes. */
    interface Sink {
        void write(ByteBuffer bytes) throws IOException;
    }

    private TensorBytes() {}

    // ---- from a file

    /**
     * How many bytes a tensor has.
     *
     * @throws FileFormatException if no tensor can have that shape
     */
    static long count(DType dtype, long[] shape) {
        if (shape.length > MAX_DIMENSIONS) {
            throw new FileFormatException(
                    "has a shape of " + shape.length + " dimensions; libtorch handles up to " + MAX_DIMENSIONS);
        }
        try {
            // Of an empty tensor, too: libtorch counts its strides.
            long bytes = dtype.itemSize();
            boolean empty = false;
            for (long size : shape) {
                empty |= size == 0;
                bytes = Math.multiplyExact(bytes, Math.max(size, 1));
            }
            return empty ? 0 : bytes;
        } catch (ArithmeticException e) {
            throw new FileFormatException(
                    "has the shape " + Arrays.toString(shape) + ", of which no memory could hold the elements", e);
        }
    }

    /**
     * A tensor over {@code bytes}, of type {@code uint8}, whose memory begins at a multiple of every element's size; over a
     * copy of them where they lie across words.
     */
    static Tensor tensor(Tensor bytes, DType dtype, long... shape) {
        if (bytes.numel() == 0) {
            return Torch.empty(shape, TensorOptions.of(dtype).device(Device.CPU));
        }
        boolean aligned = bytes.storageOffset() % dtype.itemSize() == 0;
        return (aligned ? Torch.fromBuffer(bytes) : bytes.clone()).view(dtype).view(shape);
    }

    // ---- to a file

    /** @throws IllegalArgumentException if there is no tensor, or its elements do not lie in memory as they are */
    static void requirePlain(String name, @Nullable Tensor tensor) {
        if (tensor == null) {
            throw new IllegalArgumentException("the tensor '" + name + "' is null; leave it out");
        }
        if (tensor.layout() != Layout.STRIDED || tensor.dtype().isQuantized()) {
            throw new IllegalArgumentException("the tensor '" + name + "' is "
                    + (tensor.dtype().isQuantized() ? "quantized" : "sparse") + " and cannot be written; make it an"
                    + " ordinary one first (dequantize, toDense)");
        }
    }

    /** How many bytes {@link #of} would give. */
    static long count(Tensor tensor) {
        return tensor.numel() * tensor.dtype().itemSize();
    }

    /** The bytes of a plain tensor, of type {@code uint8} in one dimension; a copy only where they lie otherwise. */
    static Tensor of(Tensor tensor) {
        Tensor plain = tensor.detach().cpu().resolveConj().resolveNeg().contiguous();
        return plain.view(-1).view(DType.UINT8);
    }

    /** Writes the elements of a plain tensor. */
    static void write(Tensor tensor, WritableByteChannel channel) throws IOException {
        try (Scope scope = Scope.open()) {
            forEachPiece(of(tensor), bytes -> write(bytes, channel));
        }
    }

    /** Writes all of {@code bytes}. */
    static void write(ByteBuffer bytes, WritableByteChannel channel) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Passes {@code bytes}, of type {@code uint8} in one dimension, to {@code sink}, piece by piece. */
    static void forEachPiece(Tensor bytes, Sink sink) throws IOException {
        for (long start = 0; start < bytes.numel(); start += CHUNK_BYTES) {
            try (Scope scope = Scope.open()) {
                long length = Math.min(CHUNK_BYTES, bytes.numel() - start);
                sink.write(bytes.narrow(0, start, length).buffer());
            }
        }
    }
}
