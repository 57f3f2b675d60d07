package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.torchbridge.DType;
import org.torchbridge.Scope;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Interpreter;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Schemas;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Lets linear layers and convolutions compute in bfloat16: their weights are of that type, what they read is cast to it, and
 * what they make is cast back. Activations, sums, products, pools and means between two of them stay in bfloat16, so that
 * casts meet and are left out.
 */
final class Bfloat16 {
    private static final String CAST = "aten::to";
    private static final String SUPPORTED = "mkldnn::_is_mkldnn_bf16_supported";

    /** Operators that are as good in bfloat16, if all they read is; libtorch has not all pools in three dimensions. */
    private static final Set<String> POOLS =
            Set.of("aten::max_pool2d", "aten::adaptive_avg_pool2d", "aten::avg_pool2d", "aten::mean");

    private final Graph graph;
    private final Weights weights;
    private final Aliases aliases;
    private final Map<Value, Value> halved = new HashMap<>();
    private boolean changed;

    private Bfloat16(Graph graph) {
        this.graph = graph;
        this.weights = Weights.of(graph);
        this.aliases = Aliases.of(graph);
    }

    /** Whether oneDNN computes in bfloat16 on this processor. */
    static boolean isSupported() {
        if (Schemas.of(SUPPORTED).isEmpty()) {
            return false;
        }
        Graph question = new Graph();
        question.addOutput(GraphBuilder.at(question.body()).op(SUPPORTED));
        return Boolean.TRUE.equals(new Interpreter(question).run().get(0));
    }

    /** Whether a layer computes in bfloat16 now. */
    static boolean run(Graph graph) {
        if (!isSupported()) {
            return false;
        }
        Bfloat16 pass = new Bfloat16(graph);
        graph.forEachNode(pass::visit);
        if (pass.changed) {
            Simplification.run(graph);
        }
        return pass.changed;
    }

    private void visit(Node node) {
        if (isLayer(node)) {
            changed = true;
            List<Value> inputs = new ArrayList<>(node.inputs());
            inputs.set(0, narrow(node, node.input(0)));
            inputs.set(1, weight(node.input(1)));
            inputs.set(2, weight(node.input(2)));
            replace(node, inputs);
        } else if (canFollow(node)) {
            List<Value> inputs = new ArrayList<>(node.inputs());
            inputs.replaceAll(input -> isWidened(input) ? input.producer().input(0) : input);
            replace(node, inputs);
        }
    }

    private boolean isLayer(Node node) {
        boolean packable =
                node.is("aten::linear") ? LinearPacking.canPack(node, weights) : Convolution.of(node, weights) != null;
        return packable
                && weights.tensor(node.input(1)).dtype() == DType.FLOAT32
                && !aliases.isWritten(node.input(0))
                && !aliases.isWritten(node.output());
    }

    /** Whether it computes nothing that needs more places than what it reads has. */
    private boolean canFollow(Node node) {
        boolean suits = ImageSizes.isElementwise(node) || ImageSizes.isCombination(node) || POOLS.contains(node.kind());
        return suits
                && node.inputs().stream().anyMatch(Bfloat16::isWidened)
                && node.inputs().stream()
                        .allMatch(input -> isWidened(input) || !(input.type() instanceof Type.OfTensor))
                && !(node.is("aten::mean")
                        && !Constants.isNone(node.input(node.inputs().size() - 1)))
                && !aliases.isWritten(node.output());
    }

    private static boolean isWidened(Value value) {
        return isCast(value, DType.FLOAT32) && isOf(value.producer().input(0).type(), DType.BFLOAT16);
    }

    private static boolean isCast(Value value, DType dtype) {
        return value.producer().is(CAST) && isOf(value.type(), dtype);
    }

    private static boolean isOf(Type type, DType dtype) {
        return type instanceof Type.OfTensor tensor && tensor.dtype() == dtype;
    }

    /** Puts the same operator there with other inputs, and casts what it makes. */
    private void replace(Node node, List<Value> inputs) {
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        Value made = g.node(node.kind(), List.of(of(node.output().type(), DType.BFLOAT16)), inputs)
                .output();
        Control.replace(node, List.of(cast(g, made, DType.FLOAT32)));
    }

    private static Value narrow(Node node, Value value) {
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        return isWidened(value) ? value.producer().input(0) : cast(g, value, DType.BFLOAT16);
    }

    private static Value cast(GraphBuilder g, Value value, DType dtype) {
        Value cast = g.op(CAST, value, dtype);
        cast.setType(of(value.type(), dtype));
        return cast;
    }

    private static Type of(Type type, DType dtype) {
        return new Type.OfTensor(dtype, type instanceof Type.OfTensor tensor ? tensor.shape() : null);
    }

    /** The same weight in bfloat16, one for all that read it. */
    private Value weight(Value weight) {
        return Constants.isNone(weight)
                ? weight
                : halved.computeIfAbsent(
                        weight,
                        known -> Constants.before(
                                Control.first(graph.body()),
                                Scope.escape(weights.tensor(known).to(DType.BFLOAT16)),
                                Type.TENSOR));
    }
}
