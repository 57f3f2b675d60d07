package org.torchbridge.io;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;

/** A dictionary from a pickle. */
final class PythonDict extends LinkedHashMap<@Nullable Object, @Nullable Object> {
    private static final long serialVersionUID = 1L;

    /** Whether it is an {@code OrderedDict} in Python. */
    final boolean ordered;

    /** What the object carries beside its items, such as an {@code OrderedDict}'s {@code _metadata}; null if nothing. */
    private transient @Nullable Object attributes;

    PythonDict(boolean ordered) {
        this.ordered = ordered;
    }

    void setAttributes(@Nullable Object attributes) {
        this.attributes = attributes;
    }

    @Nullable
    Object attributes() {
        return attributes;
    }

    static boolean isStateDict(Map<?, ?> dict) {
        return dict.entrySet().stream()
                .allMatch(item -> item.getKey() instanceof String && item.getValue() instanceof Tensor);
    }

    /** The tensors of {@code dict}, which {@link #isStateDict}, with the metadata that it has. */
    static StateDict stateDict(Map<?, ?> dict) {
        StateDict state = new StateDict();
        dict.forEach((key, value) -> state.put((String) key, (Tensor) value));
        if (dict instanceof PythonDict python) {
            state.metadata().putAll(python.metadata());
        } else if (dict instanceof StateDict other) {
            state.metadata().putAll(other.metadata());
        }
        return state;
    }

    /** {@code {"_metadata": {prefix: {name: value}}}}; what is not of this form is left out. */
    Map<String, Map<String, Object>> metadata() {
        Map<String, Map<String, Object>> metadata = new LinkedHashMap<>();
        if (attributes instanceof Map<?, ?> all && all.get("_metadata") instanceof Map<?, ?> modules) {
            modules.forEach((prefix, values) -> {
                if (prefix instanceof String name && values instanceof Map<?, ?> versions) {
                    metadata.put(name, plainValues(versions));
                }
            });
        }
        return metadata;
    }

    private static Map<String, Object> plainValues(Map<?, ?> dict) {
        Map<String, Object> values = new LinkedHashMap<>();
        dict.forEach((key, value) -> {
            if (key instanceof String name
                    && (value instanceof Number || value instanceof String || value instanceof Boolean)) {
                values.put(name, value);
            }
        });
        return values;
    }
}
