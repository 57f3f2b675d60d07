package org.torchbridge.graph.passes;

import java.util.List;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Value;

/** Makes {@code aten::lstm} into oneDNN's operators, which read a sequence backwards by themselves. */
final class LstmPacking extends RecurrentPacking {
    /** oneDNN's number for this kind of network. */
    private static final long MODE = 2;

    LstmPacking(Graph graph, PackedWeights packed) {
        super("aten::lstm", graph, packed);
    }

    @Override
    List<Value> write(GraphBuilder g, Recurrent.Layer layer, Value sequence, List<Value> states) {
        Recurrent network = layer.network();
        List<Value> both = packed.addAll(
                List.of(layer.values().get(0), layer.values().get(1), layer.isBackwards()),
                "mkldnn::_reorder_mkldnn_rnn_layer_weight",
                layer.weights().get(0).contiguous(),
                layer.weights().get(1).contiguous(),
                network.hiddenSize(),
                layer.isBackwards(),
                network.hasBiases(),
                false);
        return g.ops(
                        "aten::mkldnn_rnn_layer",
                        sequence,
                        both.get(0),
                        both.get(1),
                        network.hasBiases() ? layer.bias(0) : both.get(0), // something has to stand there
                        network.hasBiases() ? layer.bias(1) : both.get(1),
                        states.get(0),
                        states.get(1),
                        layer.isBackwards(),
                        List.of(),
                        MODE,
                        network.hiddenSize(),
                        1L,
                        network.hasBiases(),
                        false,
                        false,
                        false)
                .subList(0, 3);
    }
}
