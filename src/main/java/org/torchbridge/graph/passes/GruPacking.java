package org.torchbridge.graph.passes;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Schemas;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes {@code aten::gru}, for which oneDNN's operator is not to be had, into a loop over its steps. The input's products
 * are done before it, all at once, by oneDNN; the state's are XNNPACK's, which cost the least apart from the arithmetic.
 */
final class GruPacking extends RecurrentPacking {
    private static final String XNNPACK = "prepacked::linear_clamp_";

    GruPacking(Graph graph, PackedWeights packed) {
        super("aten::gru", graph, packed);
    }

    @Override
    boolean run(Graph graph) {
        return !Schemas.of(XNNPACK + "run").isEmpty() && super.run(graph);
    }

    @Override
    List<Value> write(GraphBuilder g, Recurrent.Layer layer, Value sequence, List<Value> states) {
        long hidden = layer.network().hiddenSize();
        Value context = context(layer);
        Value input = input(g, layer, sequence);
        Value gates = g.op("aten::unbind", g.op("aten::narrow", input, 2L, 0L, 2 * hidden), 0L);
        Value candidates = g.op("aten::unbind", g.op("aten::narrow", input, 2L, 2 * hidden, hidden), 0L);
        List<Value> results = g.loop(
                g.op("aten::len", gates),
                true,
                List.of(g.list(Type.TENSOR, List.of()), g.op("aten::select", states.get(0), 0L, 0L)),
                (turn, number, carried) -> {
                    Value time = layer.isBackwards() ? turn.op("aten::sub", -1L, number) : number;
                    Value next = step(
                            turn, hidden, at(turn, gates, time), at(turn, candidates, time), carried.get(1), context);
                    turn.ops("aten::append", carried.get(0), next);
                    return List.of(turn.constant(true), carried.get(0), next);
                });
        Value outputs = g.op("aten::stack", results.get(0), 0L);
        return List.of(
                layer.isBackwards() ? g.op("aten::flip", outputs, new long[] {0}) : outputs,
                g.op("aten::unsqueeze", results.get(1), 0L));
    }

    private static Value at(GraphBuilder g, Value list, Value index) {
        return g.op("aten::__getitem__", list, index);
    }

    /** The next state: the candidate and the state before, mixed by the update gate. */
    private static Value step(GraphBuilder g, long hidden, Value gates, Value candidate, Value state, Value context) {
        Value product = g.op(XNNPACK + "run", state, context);
        List<Value> parts = g.unpack(g.op("aten::split_with_sizes", product, List.of(2 * hidden, hidden), 1L), 2);
        Value both = g.op("aten::sigmoid_", g.op("aten::add_", parts.get(0), gates));
        List<Value> resetAndUpdate = g.unpack(g.op("aten::unsafe_chunk", both, 2L, 1L), 2);
        Value mixed = g.op("aten::addcmul", candidate, resetAndUpdate.get(0), parts.get(1));
        return g.op("aten::lerp", g.op("aten::tanh_", mixed), state, resetAndUpdate.get(1));
    }

    private Value input(GraphBuilder g, Recurrent.Layer layer, Value sequence) {
        Value weight = packed.add(
                List.of(layer.values().get(0)),
                "mkldnn::_reorder_linear_weight",
                layer.weights().get(0).contiguous());
        return g.op("mkldnn::_linear_pointwise", sequence, weight, layer.bias(0), "none", List.of(), "");
    }

    private Value context(Recurrent.Layer layer) {
        @Nullable Tensor bias = layer.network().hasBiases() ? layer.weights().get(3) : null;
        return packed.add(
                Arrays.asList(layer.values().get(1), layer.bias(1)),
                XNNPACK + "prepack",
                layer.weights().get(1).contiguous(),
                bias,
                null,
                null);
    }
}
