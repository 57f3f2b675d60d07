package org.torchbridge.graph.passes;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Use;
import org.torchbridge.graph.Value;

/**
 * Makes the linear layers whose results meet in an attention, as query, key and value, into one that makes them side by side,
 * where they have the same input.
 */
final class ProjectionMerging {
    /** What may stand between a layer and the attention: it may take numbers that are not side by side. */
    private static final Set<String> BETWEEN = Set.of(
            "aten::view",
            "aten::_unsafe_view",
            "aten::reshape",
            "aten::permute",
            "aten::transpose",
            "aten::mul",
            "aten::div");

    private final Weights weights;
    private final Aliases aliases;
    private final Order order;
    private boolean changed;

    private ProjectionMerging(Graph graph) {
        this.weights = Weights.of(graph);
        this.aliases = Aliases.of(graph);
        this.order = Order.of(graph);
    }

    /** Whether layers were merged. */
    static boolean run(Graph graph) {
        ProjectionMerging pass = new ProjectionMerging(graph);
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    private void visit(Node attention) {
        if (!attention.is("aten::scaled_dot_product_attention")) {
            return;
        }
        Map<List<Object>, Set<Node>> alike = new LinkedHashMap<>();
        for (Value value : attention.inputs().subList(0, 3)) {
            Node layer = layer(value);
            if (layer != null) {
                List<Object> key = List.of(layer.owner(), layer.input(0), Constants.isNone(layer.input(2)));
                alike.computeIfAbsent(key, unused -> new LinkedHashSet<>()).add(layer);
            }
        }
        alike.values().stream().filter(layers -> layers.size() > 1).forEach(this::merge);
    }

    /** The layer that has made the value; null if it cannot be merged. */
    private @Nullable Node layer(Value value) {
        Node node = value.producer();
        while (BETWEEN.contains(node.kind())) {
            node = node.input(0).producer();
        }
        return node.is("aten::linear") && isWeight(node, 1, 2) && hasBias(node) && isRead(node) ? node : null;
    }

    private boolean hasBias(Node layer) {
        return Constants.isNone(layer.input(2)) || isWeight(layer, 2, 1);
    }

    private boolean isWeight(Node layer, int index, int dimensions) {
        Tensor weight = weights.tensor(layer.input(index));
        return weight != null && weight.dim() == dimensions && PackedWeights.canPack(weight);
    }

    /** Whether nothing writes into what the layer reads or makes, and what reads that can take a part of something larger. */
    private boolean isRead(Node layer) {
        return !aliases.isWritten(layer.input(0))
                && !aliases.isWritten(layer.output())
                && layer.output().uses().stream()
                        .map(Use::node)
                        .allMatch(user -> BETWEEN.contains(user.kind()) || user.is("aten::size"));
    }

    private void merge(Collection<Node> layers) {
        Node first = layers.stream()
                .reduce((one, other) -> order.isBefore(other, one) ? other : one)
                .orElseThrow();
        GraphBuilder g = GraphBuilder.before(first);
        g.from(first.scope(), first.source());
        boolean hasBias = !Constants.isNone(first.input(2));
        Value all = g.op(
                "aten::linear",
                first.input(0),
                sideBySide(first, layers, 1),
                hasBias ? sideBySide(first, layers, 2) : null);
        long start = 0;
        for (Node layer : layers) {
            long end = start + weights.tensor(layer.input(1)).shape()[0];
            Value part = g.op("aten::slice", all, -1L, start, end, 1L);
            part.setType(layer.output().type());
            reshape(layer.output());
            layer.output().replaceAllUsesWith(part);
            start = end;
        }
        layers.forEach(Node::remove);
        changed = true;
    }

    /** Lets what follows take numbers that are not side by side, which views cannot always. */
    private static void reshape(Value value) {
        for (Use use : value.uses()) {
            if (BETWEEN.contains(use.node().kind())) {
                reshape(use.node().output());
                LastChannels.reshape(use.node());
            }
        }
    }

    private Value sideBySide(Node place, Collection<Node> layers, int index) {
        List<Tensor> parts =
                layers.stream().map(layer -> weights.tensor(layer.input(index))).toList();
        return Constants.before(place, Scope.escape(Torch.cat(parts, 0)), Type.TENSOR);
    }
}
