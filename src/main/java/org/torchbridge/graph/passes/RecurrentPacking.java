package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/** Writes recurrent networks of one kind out, layer by layer and direction by direction, with packed weights. */
abstract class RecurrentPacking {
    final PackedWeights packed;

    private final String kind;
    private final Weights weights;
    private final Aliases aliases;
    private boolean changed;

    RecurrentPacking(String kind, Graph graph, PackedWeights packed) {
        this.kind = kind;
        this.weights = Weights.of(graph);
        this.packed = packed;
        this.aliases = Aliases.of(graph);
    }

    /**
     * One layer in one direction: its output, then its states behind the last step.
     *
     * @param sequence times, batch and features, contiguous and not empty
     * @param states contiguous, with a first dimension of 1
     */
    abstract List<Value> write(GraphBuilder g, Recurrent.Layer layer, Value sequence, List<Value> states);

    /** Whether a network was replaced. */
    boolean run(Graph graph) {
        graph.forEachNode(this::visit);
        return changed;
    }

    private void visit(Node node) {
        Recurrent network = Recurrent.of(node, kind, weights);
        if (network == null
                || aliases.isWritten(network.input())
                || node.outputs().stream().anyMatch(aliases::isWritten)) {
            return;
        }
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        Value isEmpty = g.op("aten::eq", g.op("aten::numel", network.input()), 0L);
        Control.replace(node, g.branch(isEmpty, then -> empty(then, network), other -> write(other, network)));
        changed = true;
    }

    /** What comes of a batch of no sequences, which the packed operators refuse. */
    private static List<Value> empty(GraphBuilder g, Recurrent network) {
        List<Object> size = List.of(
                g.op("aten::size", network.input(), 0L),
                g.op("aten::size", network.input(), 1L),
                network.directions() * network.hiddenSize());
        List<Value> results = new ArrayList<>(List.of(g.op("aten::new_empty", network.input(), size)));
        network.states().forEach(state -> results.add(g.op("aten::clone", state)));
        return results;
    }

    /** The output, then the states behind each layer. */
    private List<Value> write(GraphBuilder g, Recurrent network) {
        Value sequence = network.batchFirst() ? g.op("aten::transpose", network.input(), 0L, 1L) : network.input();
        Value output = g.op("aten::contiguous", sequence);
        List<Value> before = network.states().stream()
                .map(state -> g.op("aten::contiguous", state))
                .toList();
        List<List<Value>> all = new ArrayList<>();
        for (int layer = 0; layer < network.layers(); layer++) {
            List<Value> outputs = new ArrayList<>();
            for (int i = 0; i < network.directions(); i++) {
                int index = all.size();
                List<Value> states =
                        before.stream().map(state -> at(g, state, index)).toList();
                List<Value> results = write(g, network.layer(index), output, states);
                outputs.add(results.get(0));
                all.add(results.subList(1, results.size()));
            }
            output = joined(g, outputs, 2);
        }
        List<Value> results = new ArrayList<>();
        results.add(network.batchFirst() ? g.op("aten::transpose", output, 0L, 1L) : output);
        for (int i = 0; i < before.size(); i++) {
            int which = i;
            results.add(joined(g, all.stream().map(states -> states.get(which)).toList(), 0));
        }
        return results;
    }

    private static Value at(GraphBuilder g, Value states, long index) {
        return g.op("aten::narrow", states, 0L, index, 1L);
    }

    private static Value joined(GraphBuilder g, List<Value> parts, long dim) {
        return parts.size() == 1 ? parts.get(0) : g.op("aten::cat", parts, dim);
    }
}
