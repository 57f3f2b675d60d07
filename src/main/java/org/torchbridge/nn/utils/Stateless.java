package org.torchbridge.nn.utils;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.torchbridge.Tensor;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;

/**
 * Calls modules with other tensors than their own parameters and buffers.
 *
 * <pre>{@code
 * Tensor output = Stateless.functionalCall(model, Map.of("fc.weight", weight), input);
 * Tensor gradient = Torch.grad(output.sum(), weight);
 * }</pre>
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.func.functional_call.html">torch.func.functional_call</a>.
 */
public final class Stateless {
    private Stateless() {}

    /** Calls {@code layer} with {@code parametersAndBuffers} in the place of its own ones of these names. */
    public static Tensor functionalCall(Layer layer, Map<String, Tensor> parametersAndBuffers, Tensor input) {
        return functionalCall(layer, parametersAndBuffers, () -> layer.call(input));
    }

    /** Runs {@code call} with {@code parametersAndBuffers} in the place of the module's own ones of these names. */
    public static <T> T functionalCall(Module module, Map<String, Tensor> parametersAndBuffers, Supplier<T> call) {
        return functionalCall(module, parametersAndBuffers, call, true, false);
    }

    /**
     * Runs {@code call} with {@code parametersAndBuffers} in the place of the module's own ones of these names; then the
     * module has its own again. Gradients reach the given tensors, and what a buffer is changed to is in the given one.
     * Meanwhile no other thread may use the module.
     *
     * @param tieWeights whether a parameter that is there under several names is replaced under all of them
     * @param strict whether each parameter and buffer has to be given
     * @throws IllegalArgumentException if there is no parameter or buffer of one of the names, if one that is there under
     *     several names is given twice, or if one is missing
     */
    public static <T> T functionalCall(
            Module module,
            Map<String, Tensor> parametersAndBuffers,
            Supplier<T> call,
            boolean tieWeights,
            boolean strict) {
        Map<String, Object> all = new LinkedHashMap<>(module.namedParameters("", true, false));
        all.putAll(module.namedBuffers("", true, false));
        Map<Object, Tensor> replacements = replacements(all, parametersAndBuffers, strict);
        Deque<Runnable> restore = new ArrayDeque<>();
        try {
            all.forEach((path, own) -> {
                boolean named = parametersAndBuffers.containsKey(path);
                if (named || tieWeights && replacements.containsKey(own)) {
                    restore.push(replace(module, path, own, replacements.get(own)));
                }
            });
            return call.get();
        } finally {
            restore.forEach(Runnable::run);
        }
    }

    private static Map<Object, Tensor> replacements(
            Map<String, Object> all, Map<String, Tensor> given, boolean strict) {
        Set<String> unexpected = new LinkedHashSet<>(given.keySet());
        unexpected.removeAll(all.keySet());
        if (!unexpected.isEmpty()) {
            throw new IllegalArgumentException(
                    "Unexpected key(s): " + unexpected + "; there are " + List.copyOf(all.keySet()));
        }
        Map<Object, Tensor> replacements = new IdentityHashMap<>();
        given.forEach((path, tensor) -> {
            Tensor before = replacements.put(all.get(path), tensor);
            if (before != null && before != tensor) {
                throw new IllegalArgumentException(
                        "'" + path + "' is shared with another name that is given another tensor; one is expected");
            }
        });
        List<String> missing = new ArrayList<>();
        all.forEach((path, own) -> {
            if (!replacements.containsKey(own)) {
                missing.add(path);
            }
        });
        if (strict && !missing.isEmpty()) {
            throw new IllegalArgumentException("Missing key(s): " + missing);
        }
        return replacements;
    }

    /** Replaces a parameter or buffer and returns what undoes it. */
    private static Runnable replace(Module module, String path, Object own, Tensor tensor) {
        int end = path.lastIndexOf('.');
        Module owner = module.getSubmodule(path.substring(0, Math.max(0, end)));
        String name = path.substring(end + 1);
        owner.compute(name, self -> tensor);
        return own instanceof Parameter parameter
                ? () -> owner.setParameter(name, parameter)
                : () -> owner.setBuffer(name, (Buffer) own);
    }
}
