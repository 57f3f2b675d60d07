package org.torchbridge.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.StateDictException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Puts a state dict into a module: finds out first what fits, so that a state that does not fit changes nothing. */
final class StateLoader {
    private static final String VERSION = "version";

    private final Module root;
    private final StateDict state;
    private final boolean strict;
    private final boolean assign;
    /** The parameters and buffers by key; for the key of an extra state, the module whose it is. */
    private final Map<String, Object> own = new LinkedHashMap<>();

    private final List<String> missing = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    StateLoader(Module root, Map<String, Tensor> state, boolean strict, boolean assign) {
        this.root = root;
        this.state = copy(state);
        this.strict = strict;
        this.assign = assign;
    }

    LoadResult load() {
        root.forEachPath("", this::visit);
        LoadResult result = found();
        boolean postHooks = root.modules().stream()
                .anyMatch(module -> !module.stateHooks().afterLoad.isEmpty());
        // A hook after loading may accept what is missing.
        if (!strict || result.isComplete() || postHooks) {
            write(result.mismatched().keySet());
            result = runPostHooks(root, result);
        }
        if (strict && !result.isComplete()) {
            throw new StateDictException(result.message(root.typeName()));
        }
        return result;
    }

    private void visit(String path, Module module) {
        String prefix = Module.prefix(path);
        Map<String, Object> metadata = state.metadata().getOrDefault(path, Map.of());
        Module.Loading loading = new Module.Loading(state, prefix, metadata, strict, missing, unexpected, errors);
        module.stateHooks().beforeLoad.forEach(hook -> hook.apply(module, loading));
        int version = metadata.get(VERSION) instanceof Number number ? number.intValue() : 0;
        module.ownState().forEach((name, member) -> {
            own.put(prefix + name, member);
            if (!state.containsKey(prefix + name) && !module.isOptional(name, version)) {
                missing.add(prefix + name);
            }
        });
    }

    private LoadResult found() {
        Set<String> others = new LinkedHashSet<>(unexpected);
        others.addAll(state.keySet());
        others.removeAll(own.keySet());
        return new LoadResult(List.copyOf(missing), List.copyOf(others), mismatched(), List.copyOf(errors));
    }

    private Map<String, String> mismatched() {
        Map<String, String> mismatched = new LinkedHashMap<>();
        own.forEach((key, member) -> {
            Tensor tensor = tensor(member);
            if (tensor != null && state.containsKey(key)) {
                Tensor given = given(key, tensor);
                if (given == null || !Arrays.equals(given.shape(), tensor.shape())) {
                    mismatched.put(key, mismatch(key, given, tensor));
                }
            }
        });
        return Collections.unmodifiableMap(mismatched);
    }

    /** The tensor whose shape the state has to have, or null if any will do. */
    private static @Nullable Tensor tensor(Object member) {
        if (member instanceof Parameter parameter && !parameter.isUninitialized()) {
            return parameter.tensor();
        }
        return member instanceof Buffer buffer && !buffer.isUninitialized() ? buffer.tensor() : null;
    }

    /** The state's tensor; what files from before there were numbers without dimensions have, as such a number. */
    private @Nullable Tensor given(String key, Tensor own) {
        Tensor given = state.get(key);
        return given != null && own.dim() == 0 && given.dim() == 1 ? given.get(0) : given;
    }

    private static String mismatch(String key, @Nullable Tensor given, Tensor own) {
        if (given == null) {
            return key + " has no shape yet in the checkpoint, which is that of a lazy module before its first call.";
        }
        return "size mismatch for " + key + ": copying a param with shape " + size(given)
                + " from checkpoint, the shape in current model is " + size(own) + ".";
    }

    private void write(Set<String> except) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            own.forEach((key, member) -> {
                if (state.get(key) != null && !except.contains(key)) {
                    write(key, member);
                }
            });
        }
    }

    private void write(String key, Object member) {
        if (member instanceof UninitializedParameter parameter && parameter.isUninitialized()) {
            parameter.materialize(state.get(key).shape());
        } else if (member instanceof UninitializedBuffer buffer && buffer.isUninitialized()) {
            buffer.materialize(state.get(key).shape());
        }
        Tensor target = tensor(member);
        if (target == null) {
            ((Module) member).setExtraState(state.get(key));
        } else if (assign) {
            target.grad(null);
            target.setData(given(key, target));
        } else {
            target.copy_(given(key, target));
        }
    }

    private static LoadResult runPostHooks(Module module, LoadResult found) {
        LoadResult result = found;
        for (Module child : module.children()) {
            result = runPostHooks(child, result);
        }
        for (Module.LoadStateDictPostHook hook : module.stateHooks().afterLoad) {
            LoadResult replacement = hook.apply(module, result);
            result = replacement == null ? result : replacement;
        }
        return result;
    }

    /** Hooks may change the state: not the caller's. */
    private static StateDict copy(Map<String, Tensor> state) {
        StateDict copy = new StateDict();
        copy.putAll(state);
        if (state instanceof StateDict dict) {
            copy.metadata().putAll(dict.metadata());
        }
        return copy;
    }

    private static String size(Tensor tensor) {
        return Arrays.stream(tensor.shape())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "torch.Size([", "])"));
    }
}
