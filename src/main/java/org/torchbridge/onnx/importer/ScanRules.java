package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.proto.GraphProto;

/** {@code Scan}: a body over the slices of tensors, with a state from slice to slice. */
final class ScanRules {
    private ScanRules() {}

    static void register(Registry r) {
        r.many("Scan", 9, ScanRules::scan);
    }

    private static List<@Nullable Value> scan(OnnxNode node, Conversion c) {
        GraphProto body = node.graph("body");
        int scanned = (int) node.integer("num_scan_inputs");
        int states = node.inputs() - scanned;
        int made = body.getOutputCount() - states;
        if (scanned < 1 || states < 0 || made < 0) {
            throw node.broken("has " + node.inputs() + " inputs, of which " + scanned + " are gone over, and a body of "
                    + body.getOutputCount() + " outputs");
        }
        long[] inputAxes = node.integers("scan_input_axes", Padding.all(scanned, 0));
        long[] inputDirections = node.integers("scan_input_directions", Padding.all(scanned, 0));
        long[] outputAxes = node.integers("scan_output_axes", Padding.all(made, 0));
        long[] outputDirections = node.integers("scan_output_directions", Padding.all(made, 0));
        List<Value> carried = new ArrayList<>();
        List<Value> inputs = new ArrayList<>();
        for (int i = 0; i < states; i++) {
            carried.add(node.tensor(i));
        }
        for (int i = 0; i < scanned; i++) {
            Value input = node.tensor(states + i);
            inputs.add(inputDirections[i] == 1 ? c.op("aten::flip", input, new long[] {inputAxes[i]}) : input);
        }
        for (int i = 0; i < made; i++) {
            carried.add(c.list(Type.TENSOR, List.of()));
        }
        Object turns = c.size(inputs.get(0), inputAxes[0]);
        List<Value> results =
                new ArrayList<>(c.loop(turns, true, carried, turn -> turn(c, body, turn, states, inputs, inputAxes)));
        for (int i = 0; i < made; i++) {
            Value stacked = c.op("aten::stack", results.get(states + i), outputAxes[i]);
            boolean backwards = outputDirections[i] == 1;
            results.set(states + i, backwards ? c.op("aten::flip", stacked, new long[] {outputAxes[i]}) : stacked);
        }
        return new ArrayList<>(results);
    }

    private static List<Value> turn(
            Conversion c, GraphProto body, List<Value> turn, int states, List<Value> inputs, long[] axes) {
        List<Value> given = new ArrayList<>(turn.subList(1, 1 + states));
        for (int i = 0; i < inputs.size(); i++) {
            given.add(c.op("aten::select", inputs.get(i), axes[i], turn.get(0)));
        }
        List<Value> outputs = c.body(body, given);
        List<Value> next = new ArrayList<>(List.of(c.constant(true)));
        next.addAll(outputs.subList(0, states));
        for (int i = states; i < outputs.size(); i++) {
            next.add(c.op("aten::add", turn.get(1 + i), c.list(Type.TENSOR, Arrays.asList(outputs.get(i)))));
        }
        return next;
    }
}
