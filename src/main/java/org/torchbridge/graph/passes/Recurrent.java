package org.torchbridge.graph.passes;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/**
 * An {@code aten::lstm} or {@code aten::gru} over sequences of one length, whose weights are known and stay as they are.
 *
 * @param states what there is before the first step, in all layers: the hidden state, and an LSTM's cell
 * @param weights of each layer and direction: for the input, for the state, and both biases if there are some
 */
record Recurrent(
        Node node, List<Value> states, List<Tensor> weights, boolean hasBiases, long layers, boolean batchFirst) {
    private static final String LIST = "prim::ListConstruct";

    /** What the node is; null if it is none of that kind, or one that cannot be packed. */
    static @Nullable Recurrent of(Node node, String kind, Weights weights) {
        if (!node.is(kind) || !node.input(2).producer().is(LIST)) {
            return null;
        }
        Node given = node.input(1).producer();
        List<Value> states = given.is(LIST) ? given.inputs() : List.of(node.input(1));
        List<Value> parameters = node.input(2).producer().inputs();
        boolean known = states.size() == node.outputs().size() - 1
                && (Constants.is(node.input(5), 0.0) || Constants.is(node.input(6), false))
                && parameters.stream().allMatch(each -> canPack(weights.tensor(each)));
        if (known
                && Constants.of(node.input(3)) instanceof Boolean hasBiases
                && Constants.of(node.input(4)) instanceof Long layers
                && Constants.of(node.input(7)) instanceof Boolean
                && Constants.of(node.input(8)) instanceof Boolean batchFirst) {
            List<Tensor> tensors = parameters.stream().map(weights::tensor).toList();
            Recurrent network = new Recurrent(node, states, tensors, hasBiases, layers, batchFirst);
            return network.hasProjection() ? null : network;
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

    long hiddenSize() {
        return weights.get(1).shape()[1];
    }

    /** One layer in one direction. */
    Layer layer(int index) {
        int first = index * each();
        List<Value> values = node.input(2).producer().inputs().subList(first, first + each());
        return new Layer(this, index, values, weights.subList(first, first + each()));
    }

    /**
     * One layer in one direction; the directions of a layer follow each other.
     *
     * @param values what the program has the weights as
     */
    record Layer(Recurrent network, int index, List<Value> values, List<Tensor> weights) {
        boolean isBackwards() {
            return index % network.directions() == 1;
        }

        /** The bias for the input (0) or for the state (1); null if there is none. */
        @Nullable
        Value bias(int which) {
            return network.hasBiases ? values.get(2 + which) : null;
        }
    }
}
