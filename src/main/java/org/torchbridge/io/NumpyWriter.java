package org.torchbridge.io;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;

/**
 * Writes arrays for NumPy: a tensor as {@code .npy}, several as {@code .npz}, without compression and aligned, so that
 * {@link NumpyReader} maps them. The files appear under their names only when they are complete.
 *
 * <p>Tensors are written in row-major order, little-endian, and without what NumPy does not know, such as gradients and
 * shared memory.
 */
public final class NumpyWriter {
    private static final int MAX_NAME_BYTES = 0xffff;

    private NumpyWriter() {}

    /**
     * Writes a {@code .npy} file, as {@code numpy.save} does.
     *
     * @throws IllegalArgumentException if the tensor is sparse, quantized or of a type that NumPy does not have
     * @throws TorchException if the file cannot be written
     */
    public static void write(Tensor tensor, Path path) {
        byte[] header = header("", tensor);
        AtomicFile.write(path, channel -> {
            TensorBytes.write(ByteBuffer.wrap(header), channel);
            TensorBytes.write(tensor, channel);
        });
    }

    /**
     * Writes a {@code .npz} archive, as {@code numpy.savez} does.
     *
     * @throws IllegalArgumentException if a tensor is sparse, quantized or of a type that NumPy does not have, or a name
     *     would lead out of the archive
     * @throws TorchException if the file cannot be written
     */
    public static void write(Map<String, Tensor> tensors, Path path) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> headers.put(entryName(name), header(name, tensor)));
        AtomicFile.write(path, channel -> {
            ZipWriter zip = new ZipWriter(channel, "");
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                String name = entryName(entry.getKey());
                try (Scope scope = Scope.open()) {
                    zip.add(name, headers.get(name), TensorBytes.of(entry.getValue()));
                }
            }
            zip.finish();
        });
    }

    private static byte[] header(String name, Tensor tensor) {
        TensorBytes.requirePlain(name, tensor);
        if (NumpyLayout.code(tensor.dtype()) == null) {
            throw new IllegalArgumentException("the tensor '" + name + "' is of type " + tensor.dtype()
                    + ", which NumPy does not have; convert it first: to(DType.FLOAT32)");
        }
        return NumpyHeader.write(tensor.dtype(), tensor.shape());
    }

    private static String entryName(String name) {
        String entry = name + NumpyReader.ENDING;
        if (ZipArchive.leadsOutside(entry) || entry.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("an archive can have no array named '" + name + "'");
        }
        return entry;
    }
}
