package org.torchbridge.io;

import java.nio.file.Path;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;

/** Reads files of every kind that {@link SavedFile} has. */
public final class SavedFileReader {
    private SavedFileReader() {}

    public static SavedFile read(Path path) {
        return Scope.call(() -> {
            MappedFile file = MappedFile.open(path);
            String source = path.toString();
            try {
                FileKind kind = FileKind.of(file);
                return switch (kind) {
                    case TORCH_SAVE -> new SavedFile.OfStateDict(source, StateDictReader.read(path));
                    case SAFETENSORS -> safetensors(source, file);
                    case SHARD_INDEX -> new SavedFile.OfShards(source, ShardedReader.read(path), ShardedReader.shards(path));
                    case NUMPY -> new SavedFile.OfArrays(source, NumpyReader.read(file));
                    case TORCHSCRIPT -> new SavedFile.OfTorchScript(source);
                    case ONNX -> new SavedFile.OfOnnx(source);
                    default -> throw new FileFormatException(
                            "is " + kind.description() + ", which Torch.load cannot read. " + kind.advice());
                };
            } catch (FileFormatException e) {
                throw new FileFormatException(source + " " + e.getMessage(), e);
            }
        });
    }

    private static SavedFile safetensors(String source, MappedFile file) {
        SafetensorsReader reader = SafetensorsReader.of(source, file);
        return new SavedFile.OfSafetensors(source, reader.stateDict(), reader.metadata());
    }
}
