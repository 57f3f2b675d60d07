package org.torchbridge.graph.passes;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/**
 * An {@code aten::lstm} over sequences of one length, whose weights are known and stay as they are.
 *
 * @param states the hidden state and the cell before the first step, of all layers
 * @param weights of each layer and direction: for the input, for the state, and both biases if there are some
 */
record Lstm(Node node, List<Value> states, List<Value> weights, boolean hasBiases, long layers, boolean batchFirst) {
    private static final String LIST = "prim::ListConstruct";

    /** What the node is; null if it is none, or one that cannot be packed. */
    static @Nullable Lstm of(Node node, Weights weights) {
        if (!node.is("aten::lstm")
                || !node.input(1).producer().is(LIST)
                || !node.input(2).producer().is(LIST)) {
            return null;
        }
        List<Value> states = node.input(1).producer().inputs();
        List<Value> parameters = node.input(2).producer().inputs();
        boolean known = states.size() == 2
                && (Constants.is(node.input(5), 0.0) || Constants.is(node.input(6), false))
                && parameters.stream().allMatch(each -> canPack(weights.tensor(each)));
        if (known
                && Constants.of(node.input(3)) instanceof Boolean hasBiases
                && Constants.of(node.input(4)) instanceof Long layers
                && Constants.of(node.input(7)) instanceof Boolean
                && Constants.of(node.input(8)) instanceof Boolean batchFirst) {
            Lstm lstm = new Lstm(node, states, parameters, hasBiases, layers, batchFirst);
            return lstm.hasProjection() ? null : lstm;
        }
        return null;
    }

    private static boolean canPack(@Nullable Tensor weight) {
        return weight != null && PackedWeights.canPack(weight);
    }

    /** With one each layer has a further tensor. */
    private boolean hasProjection() {
        return weights.size() != layers * directions() * each();
    }

    private int each() {
        return hasBiases ? 4 : 2;
    }

    int directions() {
        return Constants.is(node.input(7), true) ? 2 : 1;
    }

    Value input() {
        return node.input(0);
    }

    /** Those of one layer in one direction; the directions of a layer follow each other. */
    List<Value> parameters(int index) {
        return weights.subList(index * each(), (index + 1) * each());
    }
}
