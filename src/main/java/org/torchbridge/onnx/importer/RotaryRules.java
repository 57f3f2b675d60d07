package org.torchbridge.onnx.importer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** Rotary embeddings of positions. */
final class RotaryRules {
    private RotaryRules() {}

    static void register(Registry r) {
        r.rule("RotaryEmbedding", 23, RotaryRules::rotary);
    }

    static void registerMicrosoft(Registry r) {
        r.rule("RotaryEmbedding", 1, RotaryRules::rotaryMicrosoft);
    }

    private static Value rotary(OnnxNode node, Conversion c) {
        boolean interleaved = node.flag("interleaved", false);
        long size = node.integer("rotary_embedding_dim", 0);
        long heads = node.integer("num_heads", 0);
        Value x = node.tensor(0);
        boolean flat = node.knownRank(0) == 3;
        // (batch, length, heads, size)
        Value parts = flat
                ? c.op("aten::reshape", x, c.list(List.of(c.size(x, 0), c.size(x, 1), heads, -1L)))
                : c.op("aten::transpose", x, 1L, 2L);
        Value cos = rows(c, node.tensor(1), node.tensorOrNull(3));
        Value sin = rows(c, node.tensor(2), node.tensorOrNull(3));
        Value turned = turned(c, parts, cos, sin, interleaved, size);
        return flat ? c.op("aten::view_as", turned, x) : c.op("aten::transpose", turned, 1L, 2L);
    }

    /** ONNX Runtime's order of inputs: positions come before the tables. */
    private static Value rotaryMicrosoft(OnnxNode node, Conversion c) {
        boolean interleaved = node.flag("interleaved", false);
        long size = node.integer("rotary_embedding_dim", 0);
        long heads = node.integer("num_heads", 0);
        node.ignore("scale", "is_packed_batching");
        Value x = node.tensor(0);
        boolean flat = node.knownRank(0) == 3;
        Value positions = node.tensor(1);
        if (node.rank(1) == 1) {
            Value steps = AttentionMask.range(c, c.size(x, flat ? 1 : 2));
            positions = c.op("aten::unsqueeze", c.op("aten::add", steps, positions), 0L);
        }
        Value cosTable = node.tensor(2);
        Object perHead = heads > 0 ? (Object) (-1L) : c.integer("mul", 2L, c.size(cosTable, 1));
        Value parts = flat
                ? c.op(
                        "aten::reshape",
                        x,
                        c.list(List.of(c.size(x, 0), c.size(x, 1), heads > 0 ? heads : -1L, perHead)))
                : c.op("aten::transpose", x, 1L, 2L);
        Value turned =
                turned(c, parts, rows(c, cosTable, positions), rows(c, node.tensor(3), positions), interleaved, size);
        return flat ? c.op("aten::view_as", turned, x) : c.op("aten::transpose", turned, 1L, 2L);
    }

    /** The table's rows for each position, (batch, length, 1, size / 2). */
    static Value rows(Conversion c, Value table, @Nullable Value positions) {
        Value rows = positions == null ? table : c.op("aten::embedding", table, c.cast(positions, DType.INT64));
        return c.op("aten::unsqueeze", rows, 2L);
    }

    /** Turns pairs, which are neighbours or lie half of the size apart; what is behind {@code size} stays. */
    static Value turned(Conversion c, Value x, Value cos, Value sin, boolean interleaved, long size) {
        Value part = size == 0 ? x : c.op("aten::slice", x, -1L, 0L, size, 1L);
        Value a = interleaved
                ? c.op("aten::slice", part, -1L, 0L, null, 2L)
                : c.op("aten::select", halves(c, part), -2L, 0L);
        Value b = interleaved
                ? c.op("aten::slice", part, -1L, 1L, null, 2L)
                : c.op("aten::select", halves(c, part), -2L, 1L);
        Value first = c.op("aten::sub", c.op("aten::mul", cos, a), c.op("aten::mul", sin, b));
        Value second = c.op("aten::add", c.op("aten::mul", sin, a), c.op("aten::mul", cos, b));
        Value joined = interleaved
                ? c.op("aten::flatten", c.op("aten::stack", c.list(List.of(first, second)), -1L), -2L, -1L)
                : c.op("aten::cat", c.list(List.of(first, second)), -1L);
        return size == 0
                ? joined
                : c.op("aten::cat", c.list(List.of(joined, c.op("aten::slice", x, -1L, size, null, 1L))), -1L);
    }

    private static Value halves(Conversion c, Value x) {
        return c.op("aten::unflatten", x, -1L, new long[] {2, -1});
    }
}
