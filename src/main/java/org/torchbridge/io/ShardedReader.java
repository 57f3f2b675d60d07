package org.torchbridge.io;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;

/**
 * Reads a checkpoint in several files, as Hugging Face's libraries write large ones: {@code model.safetensors.index.json} or
 * {@code pytorch_model.bin.index.json}, and the files that the index names, beside it.
 *
 * <p>Each file is opened once. Tensors come in the order of the index; what a file has beyond the index follows.
 */
public final class ShardedReader {
    private static final int MAX_NAMED = 10;

    private final Path index;
    private final Map<String, String> files;
    private final Map<Path, StateDict> shards = new LinkedHashMap<>();

    private ShardedReader(Path index, Map<String, String> files) {
        this.index = index;
        this.files = files;
    }

    /**
     * Reads all files as one state dict.
     *
     * @param index the file whose name ends with {@code .index.json}
     * @throws FileFormatException if it is no index, names a file that is missing or lies elsewhere, or a tensor is not in
     *     the file in which it should be; or if a file is damaged
     * @throws TorchException if there is no such index, or it cannot be read
     */
    public static StateDict read(Path index) {
        return Scope.call(() -> new ShardedReader(index, files(index)).read());
    }

    /** The files that an index names, in its order. */
    static List<Path> shards(Path index) {
        Map<String, String> files = Scope.call(() -> files(index));
        ShardedReader reader = new ShardedReader(index, files);
        return files.values().stream().distinct().map(reader::path).toList();
    }

    private static Map<String, String> files(Path index) {
        try {
            return ShardIndex.read(MappedFile.open(index));
        } catch (FileFormatException e) {
            throw new FileFormatException(index + " " + e.getMessage(), e);
        }
    }

    private StateDict read() {
        Map<String, Path> paths = new LinkedHashMap<>();
        files.forEach((name, file) -> paths.put(name, path(file)));
        requirePresent(paths);
        paths.values().forEach(path -> shards.computeIfAbsent(path, ShardedReader::shard));
        return collect(paths);
    }

    private static StateDict shard(Path path) {
        FileKind kind = FileKind.of(path);
        return switch (kind) {
            case SAFETENSORS -> SafetensorsReader.open(path).stateDict();
            case TORCH_SAVE, TORCH_SAVE_LEGACY -> Torch.loadStateDict(path);
            default -> throw kind.refusal(path.toString());
        };
    }

    /** Where a shard lies. Its name comes from the index, and may not lead out of the folder. */
    private Path path(String file) {
        Path folder = index.toAbsolutePath().normalize().getParent();
        try {
            Path path = folder.resolve(file).normalize();
            if (!file.startsWith("/") && path.startsWith(folder) && !path.equals(folder)) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw fault("names a file '" + file + "', which is no name of a file");
        }
        throw fault("names the file '" + file + "', which is not in the folder of the index");
    }

    private void requirePresent(Map<String, Path> paths) {
        TreeSet<String> missing = new TreeSet<>();
        paths.forEach((name, path) -> {
            if (!Files.isRegularFile(path)) {
                missing.add(files.get(name));
            }
        });
        if (!missing.isEmpty()) {
            throw fault("names files that are not there: "
                    + shorten(missing.stream().toList()) + "; copy or download them too");
        }
    }

    private StateDict collect(Map<String, Path> paths) {
        StateDict state = new StateDict();
        List<String> faults = new ArrayList<>();
        paths.forEach((name, path) -> {
            StateDict shard = shards.get(path);
            if (shard.containsKey(name)) {
                state.put(name, shard.get(name));
            } else {
                Path other = holder(name);
                faults.add("'" + name + "' in " + files.get(name)
                        + (other == null ? "" : " (it is in " + other.getFileName() + ")"));
            }
        });
        if (!faults.isEmpty()) {
            throw fault("does not fit its files, which lack " + shorten(faults));
        }
        shards.values().forEach(shard -> {
            shard.forEach(state::putIfAbsent);
            state.metadata().putAll(shard.metadata());
        });
        return state;
    }

    private @Nullable Path holder(String name) {
        for (Map.Entry<Path, StateDict> shard : shards.entrySet()) {
            if (shard.getValue().containsKey(name)) {
                return shard.getKey();
            }
        }
        return null;
    }

    private FileFormatException fault(String what) {
        return new FileFormatException(index + " " + what);
    }

    private static String shorten(List<String> names) {
        String text = String.join(", ", names.subList(0, Math.min(names.size(), MAX_NAMED)));
        return names.size() > MAX_NAMED ? text + " and " + (names.size() - MAX_NAMED) + " more" : text;
    }
}
