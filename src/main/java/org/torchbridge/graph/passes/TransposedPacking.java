package org.torchbridge.graph.passes;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes transposed convolutions in two dimensions into oneDNN's, with packed weights and with the activation behind them.
 * Their images have their channels last.
 */
final class TransposedPacking {
    private static final String GENERAL = "aten::_convolution";
    private static final Set<String> KINDS = Set.of(GENERAL, "aten::conv_transpose2d");
    private static final int TRANSPOSED = 6;

    private final Weights weights;
    private final PackedWeights packed;
    private final Aliases aliases;
    private boolean changed;

    private TransposedPacking(Graph graph, PackedWeights packed) {
        this.weights = Weights.of(graph);
        this.packed = packed;
        this.aliases = Aliases.of(graph);
    }

    /** Whether the program has some that can be packed. */
    static boolean isFor(Graph graph) {
        Weights weights = Weights.of(graph);
        boolean[] found = new boolean[1];
        graph.forEachNode(node -> found[0] |= Layer.of(node, weights) != null);
        return found[0];
    }

    /** Whether a layer was replaced. */
    static boolean run(Graph graph, PackedWeights packed) {
        TransposedPacking pass = new TransposedPacking(graph, packed);
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    /** Where its numbers are among the inputs depends on the operator; all are constant. */
    private record Layer(
            Node node, Tensor weight, Value stride, Value padding, Value outputPadding, Value dilation, long groups) {
        /** What the node is; null if it is none, or one that cannot be packed. */
        static @Nullable Layer of(Node node, Weights weights) {
            boolean general = node.is(GENERAL);
            if (!KINDS.contains(node.kind()) || general && !Constants.is(node.input(TRANSPOSED), true)) {
                return null;
            }
            Tensor weight = weights.tensor(node.input(1));
            if (weight == null
                    || weight.dim() != 4
                    || !PackedWeights.canPack(weight)
                    || !Constants.isNone(node.input(2)) && weights.tensor(node.input(2)) == null
                    || !(Constants.of(node.input(general ? 8 : 6)) instanceof Long groups)) {
                return null;
            }
            Layer layer = new Layer(
                    node,
                    weight,
                    node.input(3),
                    node.input(4),
                    node.input(general ? 7 : 5),
                    node.input(general ? 5 : 7),
                    groups);
            return layer.isKnown() ? layer : null;
        }

        private boolean isKnown() {
            return List.of(stride, padding, outputPadding, dilation).stream()
                    .allMatch(value -> Constants.integers(value) != null);
        }

        Type type() {
            return new Type.OfTensor(DType.FLOAT32, Arrays.asList(null, weight.shape()[1] * groups, null, null));
        }
    }

    private void visit(Node node) {
        Layer layer = Layer.of(node, weights);
        if (layer != null && !aliases.isWritten(node.input(0)) && !aliases.isWritten(node.output())) {
            Activation.fuse(node, aliases, layer.type(), (g, activation) -> pointwise(g, layer, activation));
            changed = true;
        }
    }

    private Value pointwise(GraphBuilder g, Layer layer, Activation activation) {
        return g.op(
                "mkldnn::_convolution_transpose_pointwise",
                layer.node.input(0),
                weight(layer),
                layer.node.input(2),
                layer.padding,
                layer.outputPadding,
                layer.stride,
                layer.dilation,
                layer.groups,
                activation.attribute(),
                activation.scalars(),
                activation.algorithm());
    }

    private Value weight(Layer layer) {
        List<Long> stride = Constants.integers(layer.stride);
        List<Long> padding = Constants.integers(layer.padding);
        List<Long> outputPadding = Constants.integers(layer.outputPadding);
        List<Long> dilation = Constants.integers(layer.dilation);
        return packed.add(
                List.of(layer.node.input(1), padding, outputPadding, stride, dilation, layer.groups),
                "mkldnn::_reorder_convolution_transpose_weight",
                layer.weight.contiguous(),
                padding,
                outputPadding,
                stride,
                dilation,
                layer.groups);
    }
}
