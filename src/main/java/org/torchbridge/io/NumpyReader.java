package org.torchbridge.io;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;

/**
 * Reads arrays that NumPy wrote: {@code .npy} files, and {@code .npz} archives of them, compressed or not.
 *
 * <p>Arrays are mapped into memory, their bytes are read when they are used. Copies are those that are big-endian,
 * compressed, or not aligned, which are all in the archives that NumPy itself writes. An array in Fortran's order is a
 * tensor with such strides.
 *
 * <p>Follows <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>.
 */
public final class NumpyReader {
    static final String ENDING = ".npy";

    private NumpyReader() {}

    /**
     * The arrays of an archive by their names; the array of a {@code .npy} file by the name "".
     *
     * @throws FileFormatException if the file is of another kind, holds no numbers, or is damaged
     * @throws TorchException if there is no such file, or it cannot be read
     */
    public static Map<String, Tensor> read(Path path) {
        return Scope.call(() -> {
            MappedFile file = MappedFile.open(path);
            try {
                return read(file);
            } catch (FileFormatException e) {
                throw new FileFormatException(path + " " + e.getMessage(), e);
            }
        });
    }

    static Map<String, Tensor> read(MappedFile file) {
        FileKind kind = FileKind.of(file);
        // What is wrong with an archive says the archive.
        if (kind != FileKind.NUMPY && kind != FileKind.DAMAGED_ZIP) {
            throw new FileFormatException(
                    "is " + kind.description() + ", not an array of NumPy or an archive of them. " + kind.advice());
        }
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        if (file.buffer(0, 1).get() == (byte) NumpyHeader.MAGIC.charAt(0)) {
            arrays.put("", array(file.bytes(0, file.size())));
        } else {
            ZipArchive zip = new ZipArchive(file);
            for (String name : zip.names()) {
                arrays.put(name.substring(0, name.length() - ENDING.length()), entry(zip, name));
            }
        }
        return arrays;
    }

    private static Tensor entry(ZipArchive zip, String name) {
        try {
            return array(zip.content(zip.entry(name)));
        } catch (FileFormatException e) {
            throw new FileFormatException("entry '" + name + "' " + e.getMessage(), e);
        }
    }

    /** The array that {@code bytes}, of type {@code uint8}, describe. */
    private static Tensor array(Tensor bytes) {
        ByteBuffer start = bytes.narrow(0, 0, Math.min(bytes.numel(), NumpyHeader.MAX_BYTES))
                .buffer();
        NumpyHeader header = NumpyHeader.read(start);
        long expected = TensorBytes.count(header.dtype(), header.shape());
        long actual = bytes.numel() - header.bytes();
        if (actual != expected) {
            throw new FileFormatException(
                    "is damaged: an array of " + header.dtype().pythonName() + " "
                            + Arrays.toString(header.shape()) + " has " + expected + " bytes; here are " + actual
                            + (actual < expected ? ", it was cut short" : ", and only one array can be in a file"));
        }
        DType dtype = header.dtype();
        Tensor stored = bytes.narrow(0, header.bytes(), expected);
        Tensor ordered = header.swapped() ? ByteOrders.swapped(stored, dtype) : stored;
        Tensor elements = TensorBytes.tensor(ordered, dtype, expected / dtype.itemSize());
        return NumpyLayout.arranged(elements, header.shape(), header.columnsFirst());
    }
}
