package org.torchbridge.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;

/** Reads files of every kind that {@link SavedFile} has. */
public final class SavedFileReader {
    private SavedFileReader() {}

    /**
     * Reads a file, as {@link org.torchbridge.Torch#load} says.
     *
     * @throws FileFormatException if the file is of another kind, or is damaged
     * @throws TorchException if there is no such file, or it cannot be read
     */
    public static SavedFile read(Path path) {
        return FileKind.of(path) == FileKind.SHARD_INDEX
                ? new SavedFile.OfShards(path.toString(), ShardedReader.read(path), ShardedReader.shards(path))
                : read(path.toString(), () -> MappedFile.open(path));
    }

    /**
     * Reads the content of a file.
     *
     * @throws FileFormatException if it is of another kind, or is damaged
     */
    public static SavedFile read(byte[] content) {
        return read("the content", () -> MappedFile.of(content));
    }

    /**
     * Reads a stream to its end as the content of a file.
     *
     * @throws FileFormatException if it is of another kind, or is damaged
     * @throws TorchException if the stream cannot be read
     */
    public static SavedFile read(InputStream in) {
        try {
            return read(in.readAllBytes());
        } catch (IOException e) {
            throw new TorchException("the stream cannot be read: " + e.getMessage(), e);
        }
    }

    private static SavedFile read(String source, Supplier<MappedFile> open) {
        try (Scope scope = Scope.open()) {
            SavedFile saved = read(source, open.get());
            Values.forEach(stored(saved), value -> {
                if (value instanceof Tensor tensor) {
                    scope.keep(tensor);
                }
            });
            return saved;
        }
    }

    private static @Nullable Object stored(SavedFile saved) {
        return saved instanceof SavedFile.OfTorchScript || saved instanceof SavedFile.OfOnnx ? null : saved.value();
    }

    private static SavedFile read(String source, MappedFile file) {
        try {
            FileKind kind = FileKind.of(file);
            return switch (kind) {
                case TORCH_SAVE -> ofValue(source, new TorchArchive(file).read());
                case TORCH_SAVE_LEGACY -> ofValue(source, new LegacyArchive(file).read());
                case SAFETENSORS -> ofSafetensors(source, SafetensorsReader.over(source, file));
                case NUMPY -> new SavedFile.OfArrays(source, NumpyReader.read(file));
                case TORCHSCRIPT -> new SavedFile.OfTorchScript(source);
                case ONNX -> new SavedFile.OfOnnx(source);
                case DAMAGED_ZIP -> throw damage(file);
                default -> throw new FileFormatException(
                        "is " + kind.description() + ", which Torch.load cannot read. " + kind.advice());
            };
        } catch (FileFormatException e) {
            throw new FileFormatException(source + " " + e.getMessage(), e);
        }
    }

    private static FileFormatException damage(MappedFile file) {
        FileKind kind = FileKind.DAMAGED_ZIP;
        try {
            new ZipArchive(file);
            return new FileFormatException("is " + kind.description());
        } catch (FileFormatException e) {
            return new FileFormatException(e.getMessage() + ". It is " + kind.description() + ". " + kind.advice(), e);
        }
    }

    private static SavedFile ofSafetensors(String source, SafetensorsReader reader) {
        return new SavedFile.OfSafetensors(source, reader.stateDict(), reader.metadata());
    }

    private static SavedFile ofValue(String source, @Nullable Object value) {
        Values.forEach(value, Values::requireData);
        return value instanceof PythonDict dict && PythonDict.isStateDict(dict)
                ? new SavedFile.OfStateDict(source, PythonDict.stateDict(dict))
                : new SavedFile.OfValue(source, value);
    }
}
