package org.torchbridge.graph.passes;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * What a packed layer does to each number that it made before it writes it.
 *
 * @param attribute oneDNN's name for it
 * @param scalars its numbers
 * @param algorithm which of its formulas it is
 */
record Activation(String attribute, List<Double> scalars, String algorithm) {
    static final Activation NONE = new Activation("none");

    private static final Map<String, String> WITHOUT_NUMBERS = Map.of(
            "aten::relu", "relu",
            "aten::sigmoid", "sigmoid",
            "aten::tanh", "tanh",
            "aten::silu", "swish",
            "aten::hardswish", "hardswish",
            "aten::hardsigmoid", "hardsigmoid");

    private Activation(String attribute, Double... scalars) {
        this(attribute, List.of(scalars), "");
    }

    /** What the node does to its first input; null if a layer cannot do it. */
    static @Nullable Activation of(Node node) {
        return switch (node.kind()) {
            case "aten::gelu" -> Constants.of(node.input(1)) instanceof String algorithm
                    ? new Activation("gelu", List.of(), algorithm)
                    : null;
            case "aten::leaky_relu" -> withNumbers("leaky_relu", Constants.number(node.input(1)));
            case "aten::relu6" -> new Activation("hardtanh", 0.0, 6.0);
            case "aten::hardtanh", "aten::clamp" -> withNumbers(
                    "hardtanh", Constants.number(node.input(1)), Constants.number(node.input(2)));
            default -> WITHOUT_NUMBERS.containsKey(node.kind())
                    ? new Activation(WITHOUT_NUMBERS.get(node.kind()))
                    : null;
        };
    }

    /**
     * Puts what {@code layer} writes into the place of a node, with the activation behind that if it can do it.
     *
     * @param type of what it makes
     */
    static void fuse(Node node, Aliases aliases, Type type, BiFunction<GraphBuilder, Activation, Value> layer) {
        Node user = Control.onlyUser(node);
        Activation activation = user == null ? null : of(user);
        Node last = activation == null || aliases.isWritten(user.output()) ? node : user;
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        Value output = layer.apply(g, last == node ? NONE : activation);
        output.setType(type);
        Control.replace(last, List.of(output));
        if (last != node) {
            node.remove();
        }
    }

    private static @Nullable Activation withNumbers(String attribute, @Nullable Double... scalars) {
        for (Double scalar : scalars) {
            if (scalar == null) {
                return null;
            }
        }
        return new Activation(attribute, scalars);
    }

    /** Whether it does nothing but bound the numbers. */
    boolean isBounds() {
        return attribute.equals("relu") || attribute.equals("hardtanh");
    }

    /** The least number that bounds leave. */
    double least() {
        return scalars.isEmpty() ? 0 : scalars.get(0);
    }

    /** The largest number that bounds leave; null if there is none. */
    @Nullable
    Double most() {
        return scalars.isEmpty() ? null : scalars.get(1);
    }
}
