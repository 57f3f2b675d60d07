package org.torchbridge.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;

/**
 * Writes large state dicts into several files with an index, under the names that Hugging Face's libraries look for: {@code
 * model-00001-of-00003.safetensors} and so on, and {@code model.safetensors.index.json}; or, for the older form, files of
 * {@code torch.save}: {@code pytorch_model-00001-of-00003.bin} and {@code pytorch_model.bin.index.json}.
 */
public final class ShardedWriter {
    private static final String SAFETENSORS = ".safetensors";
    private static final String BIN = ".bin";

    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;
    private final Path folder;
    private final String stem;
    private final String ending;

    private ShardedWriter(Map<String, Tensor> tensors, Map<String, String> metadata, Path path) {
        String name = path.getFileName().toString();
        if (!name.endsWith(SAFETENSORS) && !name.endsWith(BIN)) {
            throw new IllegalArgumentException("the name should end with " + SAFETENSORS
                    + ", as in model.safetensors, or with " + BIN + ", as in pytorch_model.bin, and is " + name);
        }
        this.tensors = tensors;
        this.metadata = metadata;
        this.folder = path.toAbsolutePath().getParent();
        this.ending = name.endsWith(BIN) ? BIN : SAFETENSORS;
        this.stem = name.substring(0, name.length() - ending.length());
    }

    /** Writes tensors with the metadata {@code {"format": "pt"}}, which Hugging Face's libraries look for. */
    public static Path write(Map<String, Tensor> tensors, Path path, long maxShardBytes) {
        return write(tensors, SafetensorsWriter.PYTORCH, path, maxShardBytes);
    }

    /**
     * Writes tensors, in their order, into files of up to {@code maxShardBytes} bytes of elements; a larger tensor has a file
     * of its own. If one file is enough, it is {@code path} itself, without an index.
     *
     * <p>All files are complete and on the disk before the first one gets its name; the index is the last. What an earlier
     * save under this name left is removed then, since readers would prefer it or mix it up.
     *
     * <p>In files of {@code torch.save}, too, each tensor has its own elements alone, without the rest of its storage.
     *
     * @param metadata texts for {@code __metadata__} of each safetensors file; others have none
     * @param path the name that a single file would have: {@code model.safetensors} or {@code pytorch_model.bin}
     * @return what to read: {@code path}, or the index
     * @throws IllegalArgumentException if a tensor is of a kind that the format does not have
     * @throws TorchException if a file cannot be written
     */
    public static Path write(Map<String, Tensor> tensors, Map<String, String> metadata, Path path, long maxShardBytes) {
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException("maxShardBytes should be positive and is " + maxShardBytes);
        }
        return new ShardedWriter(tensors, metadata, path).write(maxShardBytes);
    }

    private Path write(long maxShardBytes) {
        List<Map<String, Tensor>> shards = split(maxShardBytes);
        Map<Path, AtomicFile.Content> contents = new LinkedHashMap<>();
        Path whole = folder.resolve(stem + ending);
        Path index = folder.resolve(stem + ending + ShardIndex.ENDING);
        if (shards.size() == 1) {
            contents.put(whole, content(shards.get(0), whole));
        } else {
            addShards(shards, contents, index);
        }
        AtomicFile.writeAll(contents);
        removeOthers(contents.keySet());
        return shards.size() == 1 ? whole : index;
    }

    private List<Map<String, Tensor>> split(long maxShardBytes) {
        List<Map<String, Tensor>> shards = new ArrayList<>();
        shards.add(new LinkedHashMap<>());
        long bytes = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            TensorBytes.requirePlain(entry.getKey(), entry.getValue());
            long more = TensorBytes.count(entry.getValue());
            Map<String, Tensor> last = shards.get(shards.size() - 1);
            if (bytes + more > maxShardBytes && !last.isEmpty()) {
                last = new LinkedHashMap<>();
                shards.add(last);
                bytes = 0;
            }
            last.put(entry.getKey(), entry.getValue());
            bytes += more;
        }
        return shards;
    }

    private void addShards(List<Map<String, Tensor>> shards, Map<Path, AtomicFile.Content> contents, Path index) {
        TreeMap<String, String> files = new TreeMap<>();
        for (int i = 0; i < shards.size(); i++) {
            Path shard = folder.resolve("%s-%05d-of-%05d%s".formatted(stem, i + 1, shards.size(), ending));
            shards.get(i)
                    .keySet()
                    .forEach(key -> files.put(key, shard.getFileName().toString()));
            contents.put(shard, content(shards.get(i), shard));
        }
        long totalBytes =
                tensors.values().stream().mapToLong(TensorBytes::count).sum();
        ByteBuffer text = ByteBuffer.wrap(ShardIndex.write(files, totalBytes));
        contents.put(index, channel -> TensorBytes.write(text, channel));
    }

    private AtomicFile.Content content(Map<String, Tensor> shard, Path path) {
        return ending.equals(BIN)
                ? SavedFileWriter.content(() -> compact(shard), path)
                : SafetensorsWriter.content(shard, metadata);
    }

    /** The tensors with as much memory as they need: a storage that two shards have parts of is not written twice. */
    private static StateDict compact(Map<String, Tensor> shard) {
        StateDict compact = new StateDict();
        shard.forEach((key, tensor) -> {
            Tensor plain = tensor.detach();
            compact.put(key, plain.storageBytes() == TensorBytes.count(plain) ? plain : plain.clone());
        });
        return compact;
    }

    private void removeOthers(Set<Path> written) {
        Pattern names = Pattern.compile(Pattern.quote(stem) + "(-\\d{5}-of-\\d{5})?" + Pattern.quote(ending) + "("
                + Pattern.quote(ShardIndex.ENDING) + ")?");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (names.matcher(file.getFileName().toString()).matches() && !written.contains(file)) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new TorchException("what an earlier save left in " + folder + " cannot be removed: " + e, e);
        }
    }
}
