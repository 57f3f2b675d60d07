package org.torchbridge.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;

/**
 * The bytes of a file, mapped into memory: they are read when they are used, and a change to them stays in this process.
 * The mapping ends when the last tensor and the last buffer over it are gone.
 */
public final class MappedFile {
    /** On the CPU, whatever the default device is. */
    private static final TensorOptions BYTES = TensorOptions.of(DType.UINT8).device(Device.CPU);

    private final Tensor bytes;
    private final long size;

    private MappedFile(Tensor bytes) {
        this.bytes = bytes;
        this.size = bytes.numel();
    }

    /**
     * Maps a file as part of the current scope.
     *
     * @throws TorchException if there is no such file, or it cannot be read
     */
    public static MappedFile open(Path path) {
        if (!Files.exists(path)) {
            throw new TorchException("there is no file " + path);
        }
        if (!Files.isRegularFile(path)) {
            throw new TorchException(path + " is not a file" + (Files.isDirectory(path) ? " but a folder" : ""));
        }
        if (!Files.isReadable(path)) {
            throw new TorchException(path + " may not be read; check its permissions");
        }
        return new MappedFile(map(path, sizeOf(path)));
    }

    /** The same, for a file that stays open for as long as it is in use, whatever the current scope. */
    public static MappedFile openOutsideScopes(Path path) {
        MappedFile file = open(path);
        Scope.escape(file.bytes);
        return file;
    }

    /** The same over bytes that are in memory already, of which a copy is made. */
    public static MappedFile of(byte[] content) {
        return new MappedFile(Torch.fromBuffer(
                ByteBuffer.allocateDirect(content.length).put(content).flip(), DType.UINT8, content.length));
    }

    private static long sizeOf(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw new TorchException("the size of " + path + " cannot be found out: " + e.getMessage(), e);
        }
    }

    private static Tensor map(Path path, long size) {
        // libtorch maps privately what is opened for reading only, and more than 2 GB; Java's channels do neither.
        return size == 0 ? Torch.empty(new long[] {0}, BYTES) : Torch.fromFile(path.toString(), false, size, BYTES);
    }

    /** In bytes. */
    public long size() {
        return size;
    }

    /** Whether there are {@code length} bytes from {@code offset} on. */
    public boolean contains(long offset, long length) {
        return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
    }

    /** The bytes from {@code offset} on, little-endian. */
    public ByteBuffer buffer(long offset, long length) {
        return bytes(offset, length).buffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The bytes from {@code offset} on as a tensor of type {@code uint8} over the mapping. */
    public Tensor bytes(long offset, long length) {
        if (!contains(offset, length)) {
            throw new FileFormatException("is damaged: it refers to " + length + " bytes at " + offset
                    + " but has only " + size + " bytes; it was cut short or is broken");
        }
        return bytes.narrow(0, offset, length);
    }
}
