package org.torchbridge.graph.passes;

import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/** Makes linear layers into oneDNN's, with packed weights and with the activation behind them. */
final class LinearPacking {
    private final Weights weights;
    private final PackedWeights packed;
    private final Aliases aliases;
    private boolean changed;

    private LinearPacking(Graph graph, PackedWeights packed) {
        this.weights = Weights.of(graph);
        this.packed = packed;
        this.aliases = Aliases.of(graph);
    }

    /** Whether a layer was replaced. */
    static boolean run(Graph graph, PackedWeights packed) {
        LinearPacking pass = new LinearPacking(graph, packed);
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    private void visit(Node node) {
        if (node.is("aten::linear") && canPack(node, weights) && !isWritten(node)) {
            Activation.fuse(node, aliases, node.output().type(), (g, activation) -> pointwise(g, node, activation));
            changed = true;
        }
    }

    private boolean isWritten(Node node) {
        return aliases.isWritten(node.input(0)) || aliases.isWritten(node.output());
    }

    /** Whether it is of weights that are known and can be packed. */
    static boolean canPack(Node node, Weights weights) {
        Tensor weight = weights.tensor(node.input(1));
        return weight != null
                && weight.dim() == 2
                && PackedWeights.canPackInEither(weight)
                && (Constants.isNone(node.input(2)) || weights.tensor(node.input(2)) != null);
    }

    private Value pointwise(GraphBuilder g, Node node, Activation activation) {
        return g.op(
                "mkldnn::_linear_pointwise",
                node.input(0),
                weight(node.input(1)),
                node.input(2),
                activation.attribute(),
                activation.scalars(),
                activation.algorithm());
    }

    private Value weight(Value value) {
        return packed.add(
                List.of(value),
                "mkldnn::_reorder_linear_weight",
                weights.tensor(value).contiguous());
    }
}
