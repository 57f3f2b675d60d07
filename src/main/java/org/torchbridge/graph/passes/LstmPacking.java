package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/**
 * Makes {@code aten::lstm} into oneDNN's operator for each layer and direction, with packed weights. It reads a sequence
 * backwards by itself.
 */
final class LstmPacking {
    /** oneDNN's number for this kind of network. */
    private static final long MODE = 2;

    private final Weights weights;
    private final PackedWeights packed;
    private final Aliases aliases;
    private boolean changed;

    private LstmPacking(Graph graph, PackedWeights packed) {
        this.weights = Weights.of(graph);
        this.packed = packed;
        this.aliases = Aliases.of(graph);
    }

    /** Whether a network was replaced. */
    static boolean run(Graph graph, PackedWeights packed) {
        LstmPacking pass = new LstmPacking(graph, packed);
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    private void visit(Node node) {
        Lstm lstm = Lstm.of(node, weights);
        if (lstm == null
                || aliases.isWritten(lstm.input())
                || node.outputs().stream().anyMatch(aliases::isWritten)) {
            return;
        }
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        Value isEmpty = g.op("aten::eq", g.op("aten::numel", lstm.input()), 0L);
        Control.replace(node, g.branch(isEmpty, then -> empty(then, lstm), other -> write(other, lstm)));
        changed = true;
    }

    /** What comes of a batch of no sequences, which oneDNN refuses. */
    private List<Value> empty(GraphBuilder g, Lstm lstm) {
        List<Object> size = List.of(
                g.op("aten::size", lstm.input(), 0L),
                g.op("aten::size", lstm.input(), 1L),
                lstm.directions() * hiddenSize(lstm));
        return List.of(
                g.op("aten::new_empty", lstm.input(), size),
                g.op("aten::clone", lstm.states().get(0)),
                g.op("aten::clone", lstm.states().get(1)));
    }

    private long hiddenSize(Lstm lstm) {
        return weights.tensor(lstm.parameters(0).get(1)).shape()[1];
    }

    /** The output and the states behind each layer. */
    private List<Value> write(GraphBuilder g, Lstm lstm) {
        Value sequence = lstm.batchFirst() ? g.op("aten::transpose", lstm.input(), 0L, 1L) : lstm.input();
        Value output = g.op("aten::contiguous", sequence);
        List<Value> hidden = new ArrayList<>();
        List<Value> cells = new ArrayList<>();
        for (int layer = 0; layer < lstm.layers(); layer++) {
            List<Value> outputs = new ArrayList<>();
            for (int direction = 0; direction < lstm.directions(); direction++) {
                List<Value> results = layer(g, lstm, lstm.directions() * layer + direction, direction == 1, output);
                outputs.add(results.get(0));
                hidden.add(results.get(1));
                cells.add(results.get(2));
            }
            output = joined(g, outputs, 2);
        }
        return List.of(
                lstm.batchFirst() ? g.op("aten::transpose", output, 0L, 1L) : output,
                joined(g, hidden, 0),
                joined(g, cells, 0));
    }

    private static Value joined(GraphBuilder g, List<Value> parts, long dim) {
        return parts.size() == 1 ? parts.get(0) : g.op("aten::cat", parts, dim);
    }

    private List<Value> layer(GraphBuilder g, Lstm lstm, int index, boolean backwards, Value sequence) {
        List<Value> parameters = lstm.parameters(index);
        Tensor forInput = weights.tensor(parameters.get(0));
        Tensor forState = weights.tensor(parameters.get(1));
        List<Value> both = packed.addAll(
                List.of(parameters.get(0), parameters.get(1), backwards),
                "mkldnn::_reorder_mkldnn_rnn_layer_weight",
                forInput.contiguous(),
                forState.contiguous(),
                hiddenSize(lstm),
                backwards,
                lstm.hasBiases(),
                false);
        List<Value> biases = lstm.hasBiases() ? parameters.subList(2, 4) : both; // something has to stand there
        return g.ops(
                "aten::mkldnn_rnn_layer",
                sequence,
                both.get(0),
                both.get(1),
                biases.get(0),
                biases.get(1),
                state(g, lstm, 0, index),
                state(g, lstm, 1, index),
                backwards,
                List.of(),
                MODE,
                hiddenSize(lstm),
                1L,
                lstm.hasBiases(),
                false,
                false,
                false);
    }

    private static Value state(GraphBuilder g, Lstm lstm, int which, long index) {
        Value all = g.op("aten::contiguous", lstm.states().get(which));
        boolean single = lstm.layers() == 1 && lstm.directions() == 1;
        return single ? all : g.op("aten::narrow", all, 0L, index, 1L);
    }
}
