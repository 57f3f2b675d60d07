package org.torchbridge.io;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;

/** Reads state dicts from the zip format of {@code torch.save}. */
public final class StateDictReader {
    private static final int MAX_KEYS_NAMED = 10;

    private StateDictReader() {}

    /**
     * Reads a state dict, as {@link org.torchbridge.Torch#load} says.
     *
     * @throws FileFormatException if the file is of another kind, holds something else, or is damaged
     * @throws TorchException if there is no such file, or it cannot be read
     */
    public static StateDict read(Path path) {
        return Scope.call(() -> {
            MappedFile file = MappedFile.open(path);
            try {
                requireTorchSave(file);
                TorchArchive archive = new TorchArchive(file);
                return stateDict(archive, archive.read());
            } catch (FileFormatException e) {
                throw new FileFormatException(path + " " + e.getMessage(), e);
            }
        });
    }

    private static void requireTorchSave(MappedFile file) {
        FileKind kind = FileKind.of(file);
        if (kind != FileKind.TORCH_SAVE) {
            throw new FileFormatException(
                    "is " + kind.description() + ", which Torch.load cannot read. " + kind.advice());
        }
    }

    private static StateDict stateDict(TorchArchive archive, @Nullable Object root) {
        if (!(root instanceof PythonDict dict)) {
            throw new FileFormatException("holds " + describe(root) + ", not a state dict, a dictionary of tensors");
        }
        if (!isStateDict(dict)) {
            throw new FileFormatException("holds a checkpoint, not a state dict: " + describeItems(dict)
                    + ". In Python, save the state dict in it to a file of its own:"
                    + " torch.save(torch.load(file)[key], other)");
        }
        StateDict state = new StateDict();
        Map<StoredTensor, Tensor> made = new IdentityHashMap<>();
        dict.forEach((key, value) -> {
            StoredTensor stored = (StoredTensor) value;
            state.put((String) key, made.computeIfAbsent(stored, unused -> tensor(archive, (String) key, stored)));
        });
        state.metadata().putAll(dict.metadata());
        return state;
    }

    private static Tensor tensor(TorchArchive archive, String key, StoredTensor stored) {
        try {
            return archive.tensor(stored);
        } catch (FileFormatException e) {
            throw e;
        } catch (TorchException e) {
            throw new FileFormatException("is damaged: the tensor '" + key + "' cannot be made: " + e.getMessage(), e);
        }
    }

    private static boolean isStateDict(PythonDict dict) {
        return dict.entrySet().stream()
                .allMatch(item -> item.getKey() instanceof String && item.getValue() instanceof StoredTensor);
    }

    // ---- for people

    private static String describeItems(PythonDict dict) {
        List<String> items = new ArrayList<>();
        dict.entrySet().stream()
                .limit(MAX_KEYS_NAMED)
                .forEach(item -> items.add("'" + item.getKey() + "' is " + describe(item.getValue())));
        int more = dict.size() - items.size();
        return items.stream().collect(Collectors.joining(", ")) + (more > 0 ? " and " + more + " more" : "");
    }

    private static String describe(@Nullable Object value) {
        if (value instanceof StoredTensor tensor) {
            return "a tensor " + tensor;
        } else if (value instanceof PythonDict dict) {
            boolean ofTensors = !dict.isEmpty() && isStateDict(dict);
            return "a dictionary of " + dict.size() + (ofTensors ? " tensors" : " items");
        } else if (value instanceof List<?> list) {
            return "a list of " + list.size() + " items";
        } else if (value instanceof Object[] tuple) {
            return "a tuple of " + tuple.length + " items";
        } else if (value instanceof String) {
            return "a text";
        } else if (value instanceof Number number) {
            return number.toString();
        }
        return value == null ? "None" : value instanceof Boolean truth ? (truth ? "True" : "False") : "another object";
    }
}
