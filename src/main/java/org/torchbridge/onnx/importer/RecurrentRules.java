package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/**
 * Recurrent networks. What libtorch's fused networks can do they do; other activations, peepholes, clipping and sequences of
 * different lengths are loops over time of {@link RecurrentCell}s.
 */
final class RecurrentRules {
    private RecurrentRules() {}

    static void register(Registry r) {
        r.many("RNN", 1, (node, c) -> network(node, c, 1));
        r.many("GRU", 1, (node, c) -> network(node, c, 3));
        r.many("LSTM", 1, (node, c) -> network(node, c, 4));
        r.rule("ReverseSequence", 10, RecurrentRules::reverseSequence);
    }

    private static List<@Nullable Value> network(OnnxNode node, Conversion c, int gates) {
        node.ignore("output_sequence");
        return new RecurrentNetwork(node, c, gates).write();
    }

    /** The first elements of each batch entry, as many as its length says, in reverse. */
    private static Value reverseSequence(OnnxNode node, Conversion c) {
        long time = node.integer("time_axis", 0);
        long batch = node.integer("batch_axis", 1);
        Value x = node.tensor(0);
        Value ordered = time == 0 ? x : c.op("aten::transpose", x, 0L, 1L);
        if (time == batch) {
            throw node.broken("has the same time_axis as batch_axis");
        }
        Value reversed = reversed(c, ordered, node.tensor(1));
        return time == 0 ? reversed : c.op("aten::transpose", reversed, 0L, 1L);
    }

    /** Of a tensor of times and batch entries, as ever further dimensions. */
    static Value reversed(Conversion c, Value x, Value lengths) {
        Value places = c.op(
                "aten::unsqueeze", c.op("aten::arange", 0L, c.size(x, 0), 1L, DType.INT64, null, c.device(), null), 1L);
        Value ends = c.op("aten::unsqueeze", c.cast(lengths, DType.INT64), 0L);
        Value inside = c.op("aten::lt", places, ends);
        Value mirrored = c.op("aten::sub", c.op("aten::sub", ends, places), 1L);
        Value index = c.op("aten::where", inside, mirrored, places);
        List<Object> pair = new ArrayList<>(
                Arrays.asList(index, c.op("aten::arange", 0L, c.size(x, 1), 1L, DType.INT64, null, c.device(), null)));
        return c.op("aten::index", x, c.list(pair));
    }
}
