package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.proto.GraphProto;

/** {@code Scan}: a body over the slices of tensors, with a state from slice to slice. */
final class ScanRules {
    private ScanRules() {}

    /** The body, and along which axis and in which direction (1 is backwards) each tensor is read or put together. */
    private record Form(
            GraphProto body, long[] inputAxes, long[] inputDirections, long[] outputAxes, long[] outputDirections) {}

    static void register(Registry r) {
        r.many("Scan", 8, ScanRules::scanBatch);
        r.many("Scan", 9, ScanRules::scan);
        r.limit("Scan", "`sequence_lens` of version 8");
    }

    private static List<@Nullable Value> scan(OnnxNode node, Conversion c) {
        GraphProto body = node.graph("body");
        int scanned = (int) Math.min(node.inputs() + 1, node.integer("num_scan_inputs"));
        int states = node.inputs() - scanned;
        int made = made(node, body, states, scanned);
        Form form = new Form(
                body,
                node.integers("scan_input_axes", Padding.all(scanned, 0)),
                node.integers("scan_input_directions", Padding.all(scanned, 0)),
                node.integers("scan_output_axes", Padding.all(made, 0)),
                node.integers("scan_output_directions", Padding.all(made, 0)));
        List<Value> inputs = node.tensors();
        return new ArrayList<>(run(c, form, inputs.subList(0, states), inputs.subList(states, inputs.size())));
    }

    /** How many outputs of the body are put together. */
    private static int made(OnnxNode node, GraphProto body, int states, int scanned) {
        int made = body.getOutputCount() - states;
        if (scanned < 1 || states < 0 || made < 0) {
            throw node.broken("has " + node.inputs() + " inputs, of which " + scanned + " are gone over, and a body of "
                    + body.getOutputCount() + " outputs");
        }
        return made;
    }

    /** As in version 8: every tensor has batch entries in front, each of which is gone over for itself. */
    private static List<@Nullable Value> scanBatch(OnnxNode node, Conversion c) {
        GraphProto body = node.graph("body");
        int scanned = (int) Math.min(node.inputs() + 1, node.integer("num_scan_inputs"));
        if (node.has(0)) {
            throw node.unsupported("sequence_lens");
        }
        List<Value> inputs = new ArrayList<>();
        for (int i = 1; i < node.inputs(); i++) {
            inputs.add(node.tensor(i));
        }
        int states = inputs.size() - scanned;
        int made = made(node, body, states, scanned);
        long[] directions = node.integers("directions", Padding.all(scanned, 0));
        Form form = new Form(body, Padding.all(scanned, 0), directions, Padding.all(made, 0), Padding.all(made, 0));
        List<Value> lists = Collections.nCopies(body.getOutputCount(), c.list(Type.TENSOR, List.of()));
        List<Value> results = c.loop(c.size(inputs.get(0), 0), true, lists, turn -> {
            List<Value> entry = inputs.stream()
                    .map(input -> c.op("aten::select", input, 0L, turn.get(0)))
                    .toList();
            return collected(c, turn, 0, run(c, form, entry.subList(0, states), entry.subList(states, entry.size())));
        });
        return new ArrayList<>(
                results.stream().map(result -> c.op("aten::stack", result, 0L)).toList());
    }

    /** The last states, and what the body made at each slice, put together. */
    private static List<Value> run(Conversion c, Form form, List<Value> states, List<Value> scanned) {
        List<Value> inputs = new ArrayList<>();
        for (int i = 0; i < scanned.size(); i++) {
            inputs.add(directed(c, scanned.get(i), form.inputDirections()[i], form.inputAxes()[i]));
        }
        List<Value> carried = new ArrayList<>(states);
        for (int i = 0; i < form.outputAxes().length; i++) {
            carried.add(c.list(Type.TENSOR, List.of()));
        }
        Object turns = c.size(inputs.get(0), form.inputAxes()[0]);
        List<Value> results =
                new ArrayList<>(c.loop(turns, true, carried, turn -> turn(c, form, turn, states.size(), inputs)));
        for (int i = 0; i < form.outputAxes().length; i++) {
            long axis = form.outputAxes()[i];
            Value stacked = c.op("aten::stack", results.get(states.size() + i), axis);
            results.set(states.size() + i, directed(c, stacked, form.outputDirections()[i], axis));
        }
        return results;
    }

    private static Value directed(Conversion c, Value x, long direction, long axis) {
        return direction == 1 ? c.op("aten::flip", x, new long[] {axis}) : x;
    }

    private static List<Value> turn(Conversion c, Form form, List<Value> turn, int states, List<Value> inputs) {
        List<Value> given = new ArrayList<>(turn.subList(1, 1 + states));
        for (int i = 0; i < inputs.size(); i++) {
            given.add(c.op("aten::select", inputs.get(i), form.inputAxes()[i], turn.get(0)));
        }
        return collected(c, turn, states, c.body(form.body(), given));
    }

    /** What a turn carries on: whether to go on, the states as they are, the further results at the ends of their lists. */
    private static List<Value> collected(Conversion c, List<Value> turn, int states, List<Value> results) {
        List<Value> next = new ArrayList<>(List.of(c.constant(true)));
        next.addAll(results.subList(0, states));
        for (int i = states; i < results.size(); i++) {
            next.add(c.op("aten::add", turn.get(1 + i), c.list(Type.TENSOR, List.of(results.get(i)))));
        }
        return next;
    }
}
