package org.torchbridge.onnx.importer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/**
 * ONNX Runtime's attention of language models: heads share keys and values, and those of the tokens before come in buffers,
 * of which each row of the batch fills as much as it has.
 */
final class GroupQueryRules {
    private GroupQueryRules() {}

    static void registerMicrosoft(Registry r) {
        r.many("GroupQueryAttention", 1, GroupQueryRules::attention);
    }

    /**
     * How many tokens each row has.
     *
     * @param total with those of before, (batch, 1, 1, 1)
     * @param before without the new ones, in the same shape
     * @param longest those of the longest row
     */
    private record Lengths(Value total, Value before, Object longest) {}

    private static List<@Nullable Value> attention(OnnxNode node, Conversion c) {
        long heads = node.integer("num_heads");
        long own = node.integer("kv_num_heads");
        List<Value> parts = heads(node, c, heads, own);
        Value q = parts.get(0);
        Lengths lengths = lengths(node, c, q);
        boolean turns = node.flag("do_rotary", false);
        boolean interleaved = node.flag("rotary_interleaved", false);
        Value k = parts.get(1);
        if (turns) {
            Value positions = positions(node, c, q, lengths);
            q = turned(node, c, q, positions, interleaved);
            k = turned(node, c, k, positions, interleaved);
        }
        Value keys = present(c, node.tensorOrNull(3), k, lengths);
        Value values = present(c, node.tensorOrNull(4), parts.get(2), lengths);
        Value weights = weights(node, c, q, AttentionRules.grouped(c, q, keys), lengths);
        Value y = c.op("aten::matmul", weights, AttentionRules.grouped(c, q, values));
        return Arrays.asList(AttentionRules.join(c, y), keys, values);
    }

    /** Queries, keys and values, (batch, heads, length, size); they may come side by side in one tensor. */
    private static List<Value> heads(OnnxNode node, Conversion c, long heads, long own) {
        Value q = node.tensor(0);
        if (node.has(1)) {
            return List.of(
                    AttentionRules.split(c, q, heads),
                    AttentionRules.split(c, node.tensor(1), own),
                    AttentionRules.split(c, node.tensor(2), own));
        }
        node.ignoreInput(2);
        Value all = AttentionRules.split(c, q, heads + 2 * own);
        Value parts = c.op("aten::split_with_sizes", all, new long[] {heads, own, own}, 1L);
        return c.unpack(parts, 3).stream()
                .map(part -> c.known(part, Conversion.dtype(q), 4))
                .toList();
    }

    /** The first tokens of all come alone: then the longest row has as many as there are new ones. */
    private static Lengths lengths(OnnxNode node, Conversion c, Value q) {
        Object longest = node.number(6);
        Object fresh = c.size(q, 2);
        Value last = c.cast(node.tensor(5), DType.INT64);
        Value total = c.op("aten::add", c.op("aten::reshape", last, new long[] {-1, 1, 1, 1}), 1L);
        Object goesOn = c.integer("min", 1L, c.integer("sub", longest, fresh));
        Value before = c.op("aten::mul", c.op("aten::sub", total, fresh), goesOn);
        return new Lengths(total, before, longest);
    }

    private static Value positions(OnnxNode node, Conversion c, Value q, Lengths lengths) {
        if (node.has(9)) {
            return node.tensor(9);
        }
        Value before = c.op("aten::reshape", lengths.before(), new long[] {-1, 1});
        return c.op("aten::add", before, AttentionMask.range(c, c.size(q, 2)));
    }

    private static Value turned(OnnxNode node, Conversion c, Value x, Value positions, boolean interleaved) {
        Value cos = RotaryRules.rows(c, node.tensor(7), positions);
        Value sin = RotaryRules.rows(c, node.tensor(8), positions);
        Value parts = c.op("aten::transpose", x, 1L, 2L);
        Value turned = RotaryRules.turned(c, parts, cos, sin, interleaved, 0);
        return c.known(c.op("aten::transpose", turned, 1L, 2L), Conversion.dtype(x), 4);
    }

    /** Each row's tokens of before, its new ones behind them, and zeros. */
    private static Value present(Conversion c, @Nullable Value past, Value now, Lengths lengths) {
        Object old = past == null ? (Object) 0L : c.size(past, 2);
        Object size = c.integer("max", old, lengths.longest());
        Value places = AttentionMask.range(c, size);
        Value fresh = c.op("aten::sub", places, lengths.before());
        Value isFresh = c.op("aten::ge", fresh, 0L);
        Value all = AttentionRules.behind(c, past, now);
        Object end = c.integer("sub", c.integer("add", old, c.size(now, 2)), 1L);
        Value source =
                c.op("aten::where", isFresh, c.op("aten::clamp", c.op("aten::add", fresh, old), null, end), places);
        Value index = c.op("aten::transpose", source, -1L, -2L);
        Value wide = c.op("aten::expand", index, c.list(List.of(-1L, c.size(now, 1), -1L, c.size(now, 3))));
        Value kept = c.op("aten::gather", all, 2L, wide);
        Value none = c.op("aten::transpose", c.op("aten::ge", places, lengths.total()), -1L, -2L);
        return c.known(c.op("aten::masked_fill", kept, none, 0.0), Conversion.dtype(now), 4);
    }

    private static Value weights(OnnxNode node, Conversion c, Value q, Value keys, Lengths lengths) {
        long window = node.integer("local_window_size", -1);
        Double scale = node.real("scale", 0) == 0 ? null : (Double) node.real("scale");
        AttentionWeights weights = new AttentionWeights(scale, node.real("softcap", 0), null, true, sink(node, c, q));
        AttentionMask mask = new AttentionMask(c, c.size(q, 2), c.size(keys, 2), lengths.before())
                .until(0)
                .below(lengths.total());
        if (window >= 0) {
            mask.since(window);
        }
        if (node.has(10)) {
            mask.with(node.tensor(10));
        }
        return weights.stages(c, q, keys, mask.bias(AttentionRules.dtype(q))).get(3);
    }

    private static @Nullable Value sink(OnnxNode node, Conversion c, Value q) {
        boolean smooth = node.flag("smooth_softmax", false);
        if (node.has(11)) {
            return c.op("aten::reshape", node.tensor(11), new long[] {1, -1, 1, 1});
        }
        return smooth ? c.op("aten::zeros", new long[] {1, 1, 1, 1}, AttentionRules.dtype(q), null, c.device()) : null;
    }
}
