package org.torchbridge.graph.passes;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Reads and writes {@code prim::Constant}. */
final class Constants {
    static final String KIND = "prim::Constant";
    private static final String VALUE = "value";

    private Constants() {}

    static boolean is(Value value) {
        return value.producer().is(KIND);
    }

    /** What a constant is; null for {@code None}, and for what is no constant. */
    static @Nullable Object of(Value value) {
        return is(value) ? value.producer().attribute(VALUE) : null;
    }

    static boolean is(Value value, Object expected) {
        return expected.equals(of(value));
    }

    static boolean isNone(Value value) {
        return value.type() == Type.NONE || is(value) && of(value) == null;
    }

    /** What a constant number is, or a constant tensor with one real element; null if it is none. */
    static @Nullable Double number(Value value) {
        Object constant = of(value);
        if (constant instanceof Tensor tensor
                && tensor.numel() == 1
                && !tensor.dtype().isComplex()) {
            return tensor.toDouble();
        }
        return constant instanceof Long || constant instanceof Double
                ? (Double) ((Number) constant).doubleValue()
                : null;
    }

    /** What a list of constant whole numbers is; null if it is none. */
    static @Nullable List<Long> integers(Value value) {
        List<?> elements = value.producer().is("prim::ListConstruct")
                ? value.producer().inputs().stream().map(Constants::of).toList()
                : of(value) instanceof List<?> list ? list : null;
        return elements != null && elements.stream().allMatch(Long.class::isInstance)
                ? elements.stream().map(Long.class::cast).toList()
                : null;
    }

    /** A new constant right before a node. */
    static Value before(Node place, @Nullable Object value, Type type) {
        Node node = place.owner().insertBefore(place, KIND, List.of());
        if (value != null) {
            node.set(VALUE, value);
        }
        return node.addOutput(type);
    }
}
