package org.torchbridge.graph.passes;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/**
 * Lets a convolution or a linear layer do what the batch normalisation behind it does: with the running statistics that is
 * a factor and a summand for each channel, which go into weight and bias. The program must be in {@link InferenceForm}, and
 * the weights must be slots that it only reads, or constants.
 */
public final class BatchNormFolding {
    private static final String GENERAL = "aten::_convolution";
    private static final Set<String> TRANSPOSED =
            Set.of("aten::conv_transpose1d", "aten::conv_transpose2d", "aten::conv_transpose3d");
    private static final Set<String> LAYERS =
            Set.of("aten::conv1d", "aten::conv2d", "aten::conv3d", "aten::linear", GENERAL);
    /** What is the same for the layer's output before and after. */
    private static final Set<String> LOOK_AT_SHAPE =
            Set.of("aten::dim", "aten::size", "aten::len", "aten::numel", "prim::dtype", "prim::device");

    private static final int IS_TRANSPOSED = 6;

    private final Weights weights;
    private boolean changed;

    private BatchNormFolding(Graph graph) {
        this.weights = Weights.of(graph);
    }

    /** Whether a normalisation was folded. */
    public static boolean run(Graph graph) {
        BatchNormFolding pass = new BatchNormFolding(graph);
        graph.forEachNode(node -> {
            if (node.is("aten::batch_norm")) {
                Scope.run(() -> pass.fold(node));
            }
        });
        if (pass.changed) {
            DeadCode.run(graph);
        }
        return pass.changed;
    }

    /** What a normalisation has for each channel. */
    private record Norm(@Nullable Tensor weight, @Nullable Tensor bias, Tensor mean, Tensor variance, double eps) {
        Tensor factor() {
            Tensor inverse = variance.add(eps).rsqrt();
            return weight == null ? inverse : inverse.mul(weight);
        }

        /** The bias of the layer before, if it has one, as it is to be. */
        Tensor summand(@Nullable Tensor before) {
            Tensor centred = before == null ? mean.neg() : before.sub(mean);
            Tensor scaled = centred.mul(factor());
            return bias == null ? scaled : scaled.add(bias);
        }
    }

    private void fold(Node node) {
        Node layer = node.input(0).producer();
        Norm norm = norm(node);
        if (norm == null || !canTake(layer, node)) {
            return;
        }
        Tensor weight = weights.tensor(layer.input(1));
        Tensor bias = weights.tensor(layer.input(2));
        try (var none = Torch.noGrad()) {
            long[] eachChannel = new long[(int) weight.dim()];
            Arrays.fill(eachChannel, 1);
            eachChannel[isTransposed(layer) ? 1 : 0] = -1;
            Tensor newBias = norm.summand(bias).to(weight.dtype());
            Tensor newWeight = weight.mul(norm.factor().reshape(eachChannel)).to(weight.dtype());
            weights.replace(layer, 1, newWeight);
            weights.replace(layer, 2, newBias);
        }
        Control.replace(node, List.of(layer.output()));
        changed = true;
    }

    private boolean canTake(Node layer, Node norm) {
        return (isTransposed(layer) ? hasOneGroup(layer) : LAYERS.contains(layer.kind()))
                && layer.output().uses().stream()
                        .allMatch(use -> use.node() == norm
                                || LOOK_AT_SHAPE.contains(use.node().kind()))
                && weights.tensor(layer.input(1)) != null
                && isTensorOrNone(layer.input(2));
    }

    /** Whether the layer's channels are the second dimension of its weight, which they are with one group alone. */
    private static boolean isTransposed(Node layer) {
        return TRANSPOSED.contains(layer.kind())
                || layer.is(GENERAL) && !Constants.is(layer.input(IS_TRANSPOSED), false);
    }

    private static boolean hasOneGroup(Node layer) {
        return layer.is(GENERAL)
                ? Constants.is(layer.input(IS_TRANSPOSED), true) && Constants.is(layer.input(8), 1L)
                : Constants.is(layer.input(6), 1L);
    }

    private @Nullable Norm norm(Node node) {
        Tensor mean = weights.tensor(node.input(3));
        Tensor variance = weights.tensor(node.input(4));
        boolean fixed = mean != null
                && variance != null
                && isTensorOrNone(node.input(1))
                && isTensorOrNone(node.input(2))
                && Constants.is(node.input(5), false)
                && Constants.number(node.input(7)) != null;
        return fixed
                ? new Norm(
                        weights.tensor(node.input(1)),
                        weights.tensor(node.input(2)),
                        mean,
                        variance,
                        Constants.number(node.input(7)))
                : null;
    }

    private boolean isTensorOrNone(Value value) {
        return Constants.isNone(value) || weights.tensor(value) != null;
    }
}
