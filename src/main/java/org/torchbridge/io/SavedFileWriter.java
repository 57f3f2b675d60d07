package org.torchbridge.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;

/** Writes values in the zip format of {@code torch.save}. */
public final class SavedFileWriter {
    /** The version that Python writes, and that it has read since this format exists. */
    private static final String VERSION = "3\n";

    /** That storages follow in the order of their numbers. */
    private static final String FORMAT_VERSION = "1";

    private static final String DEFAULT_FOLDER = "archive";

    private SavedFileWriter() {}

    /**
     * Writes a value, as {@link org.torchbridge.Torch#save} says.
     *
     * @throws IllegalArgumentException if a value is none of {@link SavedFile}'s table; the message says where it is
     * @throws TorchException if the file cannot be written
     */
    public static void write(@Nullable Object value, Path path) {
        Scope.run(() -> {
            ValuePickler pickler = new ValuePickler();
            byte[] pickle = pickler.pickle(value);
            AtomicFile.write(path, channel -> write(pickle, pickler.storages(), channel, folder(path)));
        });
    }

    /** What {@link #write} puts into the file of the given name, for a value that is made when it is written. */
    static AtomicFile.Content content(Supplier<?> value, Path path) {
        return channel -> {
            try (Scope scope = Scope.open()) {
                write(value.get(), channel, folder(path));
            }
        };
    }

    /**
     * Writes a value to a stream.
     *
     * @throws IllegalArgumentException if a value is none of {@link SavedFile}'s table; the message says where it is
     * @throws TorchException if the stream cannot be written
     */
    public static void write(@Nullable Object value, OutputStream out) {
        Scope.run(() -> {
            try {
                write(value, Channels.newChannel(out), DEFAULT_FOLDER);
            } catch (IOException e) {
                throw new TorchException("the stream cannot be written: " + e.getMessage(), e);
            }
        });
    }

    private static void write(@Nullable Object value, WritableByteChannel channel, String folder) throws IOException {
        ValuePickler pickler = new ValuePickler();
        byte[] pickle = pickler.pickle(value);
        write(pickle, pickler.storages(), channel, folder);
    }

    private static void write(byte[] pickle, List<Tensor> storages, WritableByteChannel channel, String folder)
            throws IOException {
        ZipWriter zip = new ZipWriter(channel, folder);
        zip.add(TorchArchive.PICKLE, pickle);
        zip.add(TorchArchive.FORMAT_VERSION, ascii(FORMAT_VERSION));
        zip.add(TorchArchive.STORAGE_ALIGNMENT, ascii(String.valueOf(ZipWriter.ALIGNMENT)));
        zip.add(TorchArchive.BYTE_ORDER, ascii("little"));
        for (int i = 0; i < storages.size(); i++) {
            zip.add(TorchArchive.STORAGES + i, storages.get(i));
        }
        zip.add(TorchArchive.VERSION, ascii(VERSION));
        zip.add(TorchArchive.SERIALIZATION_ID, ascii(zip.fingerprint()));
        zip.finish();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The name of the file without its ending, as in Python. */
    private static String folder(Path path) {
        String name = path.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        return stem.isEmpty() || stem.equals(".") ? DEFAULT_FOLDER : stem;
    }
}
