package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Named;

/** Recurrent networks of several layers and directions, one node for each layer. */
final class RecurrentRules {
    /** A kind of cell: what ONNX calls it, and the order of its gates there by their numbers in PyTorch. */
    private record Cell(String operator, List<Integer> gates, List<String> activations) {}

    private static final Cell LSTM = new Cell("LSTM", List.of(0, 3, 1, 2), List.of());
    private static final Cell GRU = new Cell("GRU", List.of(1, 0, 2), List.of());
    private static final Cell TANH = new Cell("RNN", List.of(0), List.of("Tanh"));
    private static final Cell RELU = new Cell("RNN", List.of(0), List.of("Relu"));

    private RecurrentRules() {}

    static void register(Rules r) {
        r.many("aten::lstm", c -> network(c, LSTM));
        r.many("aten::gru", c -> network(c, GRU));
        r.many("aten::rnn_tanh", c -> network(c, TANH));
        r.many("aten::rnn_relu", c -> network(c, RELU));
    }

    private static List<Item> network(Call c, Cell cell) {
        if (c.flag("train") && c.real("dropout") > 0) {
            throw c.unsupported("drops out between layers; export for inference");
        }
        return new Network(c, cell).write();
    }

    /** The layers of one call, while they are written. */
    private static final class Network {
        private final Call c;
        private final Cell cell;
        private final int directions;
        private final boolean bias;
        private final boolean batchFirst;
        private final PackingRules.@Nullable Packed packed;
        private final @Nullable Named lengths;
        private final List<Named> weights;
        private final List<Named> states;
        private final List<List<Named>> last = new ArrayList<>();

        Network(Call c, Cell cell) {
            this.c = c;
            this.cell = cell;
            this.directions = c.flag("bidirectional") ? 2 : 1;
            this.bias = c.flag("has_biases");
            this.batchFirst = c.flag("batch_first");
            this.packed = c.takes("batch_sizes") ? new PackingRules.Packed(c) : null;
            this.lengths = packed == null ? null : c.cast(packed.lengths(), DType.INT32);
            this.weights = c.tensors("params");
            this.states = cell == LSTM ? c.tensors("hx") : List.of(c.tensor("hx"));
        }

        List<Item> write() {
            Named sequence = input();
            long layers = c.integer("num_layers");
            for (int layer = 0; layer < layers; layer++) {
                sequence = layer(sequence, layer);
            }
            List<Item> results = new ArrayList<>(List.of(output(sequence)));
            for (int state = 0; state < states.size(); state++) {
                results.add(lastStates(state));
            }
            return results;
        }

        /** {@code (time, batch, features)}. */
        private Named input() {
            if (packed != null) {
                return packed.padded(0, packed.count);
            }
            Named x = c.tensor("input");
            return batchFirst ? LayoutRules.permute(c, x, 1, 0, 2) : x;
        }

        private Named output(Named sequence) {
            if (packed != null) {
                return packed.packed(sequence);
            }
            return batchFirst ? LayoutRules.permute(c, sequence.ofRank(3), 1, 0, 2) : sequence;
        }

        private Named lastStates(int state) {
            List<Named> all = last.stream().map(results -> results.get(state)).toList();
            return all.size() == 1
                    ? all.get(0)
                    : c.node("Concat", List.copyOf(all)).with("axis", 0).get();
        }

        private Named layer(Named x, int layer) {
            return isProjected() ? projectedLayer(x, layer) : plainLayer(x, layer);
        }

        private Named projectedLayer(Named x, int layer) {
            List<List<Named>> results = new ArrayList<>();
            for (int direction = 0; direction < directions; direction++) {
                int place = layer * directions + direction;
                results.add(projected(layer, direction)
                        .write(c, x, states(states.get(0), place, 1), states(states.get(1), place, 1)));
            }
            last.add(List.of(concat(results, 1, 0), concat(results, 2, 0)));
            return concat(results, 0, 2).as(x.dtype()).ofRank(3);
        }

        private ProjectedLstm projected(int layer, int direction) {
            Named biases = bias ? LayoutRules.unsqueeze(c, biases(layer, direction), 0) : null;
            Named projection = weight(layer, direction, bias ? 4 : 2);
            Named input = ordered(weight(layer, direction, 0));
            Named recurrent = ordered(weight(layer, direction, 1));
            return new ProjectedLstm(input, recurrent, projection, biases, lengths, direction == 1);
        }

        private Named concat(List<List<Named>> results, int which, int axis) {
            return concat(results.stream().map(each -> each.get(which)).toList(), axis);
        }

        private Named plainLayer(Named x, int layer) {
            List<@Nullable Named> inputs = new ArrayList<>(List.of(x, stacked(layer, 0), stacked(layer, 1)));
            inputs.add(bias ? biases(layer) : null);
            inputs.add(lengths);
            states.forEach(state -> inputs.add(state(state, layer)));
            NodeWriter node = c.node(cell.operator(), inputs)
                    .with("hidden_size", hiddenSize(layer))
                    .with("direction", directions == 2 ? "bidirectional" : "forward");
            if (cell == GRU) {
                node.with("linear_before_reset", 1);
            }
            if (!cell.activations().isEmpty()) {
                List<String> all = new ArrayList<>();
                for (int i = 0; i < directions; i++) {
                    all.addAll(cell.activations());
                }
                node.with("activations", all);
            }
            List<Named> results = node.many(1 + states.size());
            last.add(results.subList(1, results.size()));
            return joined(results.get(0));
        }

        /** {@code (time, directions, batch, hidden)} to {@code (time, batch, directions * hidden)}. */
        private Named joined(Named output) {
            if (directions == 1) {
                return c.op("Squeeze", output, c.longs(1)).ofRank(3);
            }
            Named turned = c.node("Transpose", output).with("perm", 0, 2, 1, 3).get();
            return c.op("Reshape", turned, c.longs(0, 0, -1)).ofRank(3);
        }

        private Named state(Named all, int layer) {
            return states(all, layer * directions, directions);
        }

        private Named states(Named all, int from, int count) {
            return c.integer("num_layers") * directions == count
                    ? all
                    : PartRules.slice(c, all.ofRank(3), 0, Item.of((long) from), Item.of((long) from + count), 1);
        }

        // ---- weights

        private int weightsPerDirection() {
            return weights.size() / (directions * (int) c.integer("num_layers"));
        }

        private boolean isProjected() {
            return weightsPerDirection() != (bias ? 4 : 2);
        }

        private Named weight(int layer, int direction, int which) {
            return weights.get((layer * directions + direction) * weightsPerDirection() + which);
        }

        private long hiddenSize(int layer) {
            return weight(layer, 0, 1).shape().get(1);
        }

        /** The weights of all directions, gates in ONNX's order. */
        private Named stacked(int layer, int which) {
            List<Named> all = new ArrayList<>();
            for (int direction = 0; direction < directions; direction++) {
                all.add(LayoutRules.unsqueeze(c, ordered(weight(layer, direction, which)), 0));
            }
            return concat(all, 0);
        }

        private Named biases(int layer) {
            List<Named> all = new ArrayList<>();
            for (int direction = 0; direction < directions; direction++) {
                all.add(LayoutRules.unsqueeze(c, biases(layer, direction), 0));
            }
            return concat(all, 0);
        }

        /** Those of both products, one behind the other. */
        private Named biases(int layer, int direction) {
            return concat(List.of(ordered(weight(layer, direction, 2)), ordered(weight(layer, direction, 3))), 0);
        }

        private Named concat(List<Named> parts, int axis) {
            return parts.size() == 1
                    ? parts.get(0)
                    : c.node("Concat", List.copyOf(parts)).with("axis", axis).get();
        }

        private Named ordered(Named weight) {
            if (cell.gates().size() == 1) {
                return weight;
            }
            List<Named> gates = PartRules.split(c, weight, 0, cell.gates().size());
            return concat(cell.gates().stream().map(gates::get).toList(), 0).ofRank(weight.rank());
        }
    }
}
