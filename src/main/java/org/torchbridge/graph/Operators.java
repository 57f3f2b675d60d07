package org.torchbridge.graph;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.internal.BoxedOperators;

/** Calls the operators of libtorch that nodes name. */
final class Operators {
    private static final HostValues HOST = new HostValues();

    private Operators() {}

    /** What the node's operator gives; lists and dictionaries among the inputs that it changes are changed. */
    static List<@Nullable Object> call(Node node, List<@Nullable Object> inputs) {
        Schema schema = schema(node, inputs);
        Object[] arguments = inputs.toArray();
        boolean[] changed = new boolean[arguments.length];
        for (int i = 0; i < changed.length; i++) {
            changed[i] = !(inputs.get(i) instanceof Tensor)
                    && i < schema.arguments().size()
                    && schema.arguments().get(i).isMutated();
        }
        List<@Nullable Object> results;
        try {
            results = Arrays.asList(BoxedOperators.call(schema.kind(), schema.overload(), arguments, changed, HOST));
        } catch (TorchException e) {
            throw new TorchException(e.getMessage() + "\nin " + node, e);
        } finally {
            Reference.reachabilityFence(inputs);
        }
        for (int i = 0; i < changed.length; i++) {
            if (changed[i]) {
                change(inputs.get(i), arguments[i]);
            }
        }
        return results;
    }

    private static Schema schema(Node node, List<@Nullable Object> inputs) {
        return Schemas.of(node)
                .or(() -> overload(node.kind(), inputs))
                .orElseThrow(() -> new TorchException("libtorch has no operator for " + node));
    }

    private static Optional<Schema> overload(String kind, List<@Nullable Object> inputs) {
        List<Type> types = inputs.stream().map(Operators::type).toList();
        return Schemas.of(kind).stream()
                .filter(schema -> SchemaMatch.isOf(schema, types))
                .findFirst();
    }

    /** The type of a value at run time. */
    private static Type type(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Object key = map.isEmpty() ? "" : map.keySet().iterator().next();
            return new Type.OfDict(type(key), map.isEmpty() ? Type.TENSOR : type(map.get(key)));
        }
        return Constants.type(value);
    }

    @SuppressWarnings("unchecked") // the lists and dictionaries are the interpreter's
    private static void change(@Nullable Object container, Object contents) {
        if (container instanceof List<?> list) {
            list.clear();
            ((List<Object>) list).addAll((List<Object>) contents);
        } else if (container instanceof Map<?, ?> map) {
            map.clear();
            ((Map<Object, Object>) map).putAll((Map<Object, Object>) contents);
        }
    }
}
