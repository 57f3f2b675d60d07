package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Schema;
import org.torchbridge.graph.Schemas;
import org.torchbridge.graph.Value;

/** What libtorch's operators on quantised tensors compute, as operators on real ones. */
final class QuantizedOperators {
    private static final String DOMAIN = "quantized::";
    private static final String RELU = "_relu";

    /** The names that scale and zero point of the result have. */
    private static final List<List<String>> BOUNDS = List.of(
            List.of("output_scale", "output_zero_point"),
            List.of("scale", "zero_point"),
            List.of("Y_scale_i", "Y_zero_point_i"));

    /** What is called as the operator on real tensors is, and takes the same without scale and zero point. */
    private static final Set<String> ALIKE = Set.of(
            "add",
            "mul",
            "matmul",
            "cat",
            "hardswish",
            "elu",
            "celu",
            "prelu",
            "sigmoid",
            "softmax",
            "threshold",
            "layer_norm",
            "group_norm");

    /** An operator on real tensors. */
    private interface Form {
        @Nullable
        Value write(GraphBuilder g, Node node);
    }

    private final QuantizedWeights weights;
    private final Function<Value, ExplicitQuantization.@Nullable Steps> steps;
    private final Map<String, Form> forms = new HashMap<>();

    /** @param steps those of a value that was quantised */
    QuantizedOperators(QuantizedWeights weights, Function<Value, ExplicitQuantization.@Nullable Steps> steps) {
        this.weights = weights;
        this.steps = steps;
        ALIKE.forEach(name -> forms.put(name, (g, node) -> g.op("aten::" + name, realArguments(node))));
        for (String size : List.of("1d", "2d", "3d")) {
            forms.put("conv" + size, this::convolution);
            forms.put("conv_transpose" + size, this::convolution);
            forms.put("batch_norm" + size, QuantizedOperators::batchNorm);
        }
        forms.put("batch_norm", QuantizedOperators::batchNorm);
        forms.put("instance_norm", QuantizedOperators::instanceNorm);
        forms.put("linear", (g, node) -> linear(g, node, node.input(0)));
        forms.put("linear_dynamic", this::dynamicLinear);
        forms.put("linear_relu_dynamic", (g, node) -> relu(g, dynamicLinear(g, node)));
        forms.put("leaky_relu", (g, node) -> g.op("aten::leaky_relu", node.input(0), node.input(1)));
        forms.put("relu6", (g, node) -> g.op("aten::relu6", node.input(0)));
        forms.put("add_scalar", (g, node) -> g.op("aten::add", node.input(0), node.input(1)));
        forms.put("mul_scalar", (g, node) -> g.op("aten::mul", node.input(0), node.input(1)));
    }

    static boolean isOne(Node node) {
        return node.kind().startsWith(DOMAIN);
    }

    /** Whether the result is not quantised, as that of layers that quantise their input alone. */
    static boolean givesReal(Node node) {
        return node.kind().endsWith("_dynamic");
    }

    /** The scale that a node is given for its result; null if it is not. */
    static @Nullable Value scale(Node node, Schema schema) {
        return BOUNDS.stream()
                .map(pair -> Effects.argument(node, schema, pair.get(1)) == null
                        ? null
                        : Effects.argument(node, schema, pair.get(0)))
                .filter(value -> value != null && !Constants.isNone(value))
                .findFirst()
                .orElse(null);
    }

    /** The real tensor that the node's result is rounded of; null if the operator has no such form here. */
    @Nullable
    Value write(GraphBuilder g, Node node) {
        String name = node.kind().substring(DOMAIN.length());
        Form form = forms.get(name);
        if (form != null) {
            return form.write(g, node);
        }
        Form before = name.endsWith(RELU) ? forms.get(name.substring(0, name.length() - RELU.length())) : null;
        return before == null ? null : relu(g, before.write(g, node));
    }

    private static @Nullable Value relu(GraphBuilder g, @Nullable Value value) {
        return value == null ? null : g.op("aten::relu", value);
    }

    /** All but scale and zero point. */
    private static Object[] realArguments(Node node) {
        Schema schema = Schemas.of(node).orElseThrow();
        List<String> names =
                schema.arguments().stream().map(Schema.Argument::name).toList();
        List<String> bounds =
                BOUNDS.stream().filter(names::containsAll).findFirst().orElse(List.of());
        List<Value> rest = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            if (!bounds.contains(names.get(i))) {
                rest.add(node.input(i));
            }
        }
        return rest.toArray();
    }

    // ---- layers

    private @Nullable Value convolution(GraphBuilder g, Node node) {
        String name = node.kind().substring(DOMAIN.length()).replace(RELU, "");
        QuantizedWeights.Layer layer = weights.layer(node.input(1), name);
        if (layer == null) {
            return null;
        }
        return g.op(
                "aten::convolution",
                node.input(0),
                layer.weight(g),
                layer.bias(g, steps.apply(node.input(0))),
                layer.integers("stride"),
                layer.integers("padding"),
                layer.integers("dilation"),
                layer.transposed(),
                layer.integers("output_padding"),
                layer.integer("groups"));
    }

    private @Nullable Value linear(GraphBuilder g, Node node, Value x) {
        QuantizedWeights.Layer layer = weights.layer(node.input(1), "linear");
        return layer == null ? null : g.op("aten::linear", x, layer.weight(g), layer.bias(g, steps.apply(x)));
    }

    /** Its input is quantised over its own range. */
    private @Nullable Value dynamicLinear(GraphBuilder g, Node node) {
        Value reduced = node.inputs().size() > 2 ? node.input(2) : g.constant(false);
        Value x = g.op("aten::quantize_per_tensor_dynamic", node.input(0), DType.QUINT8, reduced);
        return linear(g, node, g.op("aten::dequantize", x));
    }

    private static Value batchNorm(GraphBuilder g, Node node) {
        return g.op(
                "aten::batch_norm",
                node.input(0),
                node.input(1),
                node.input(2),
                node.input(3),
                node.input(4),
                false,
                0.0,
                node.input(5),
                false);
    }

    private static Value instanceNorm(GraphBuilder g, Node node) {
        return g.op(
                "aten::instance_norm",
                node.input(0),
                node.input(1),
                node.input(2),
                null,
                null,
                true,
                0.0,
                node.input(3),
                false);
    }
}
