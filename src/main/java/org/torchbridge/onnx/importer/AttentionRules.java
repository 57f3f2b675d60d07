package org.torchbridge.onnx.importer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.proto.GraphProto;

/** ONNX's attention. */
final class AttentionRules {
    private AttentionRules() {}

    static void register(Registry r) {
        r.many("Attention", 23, AttentionRules::attention);
    }

    static void registerPreview(Registry r) {
        r.rule("FlexAttention", 1, AttentionRules::flexible);
    }

    private static List<@Nullable Value> attention(OnnxNode node, Conversion c) {
        long heads = node.integer("q_num_heads", 0);
        long keyHeads = node.integer("kv_num_heads", 0);
        int stage = (int) node.integer("qk_matmul_output_mode", 0);
        boolean flat = node.knownRank(0) == 3;
        Value q = flat ? split(c, node.tensor(0), heads) : node.tensor(0);
        Value k = behind(c, node.tensorOrNull(4), flat ? split(c, node.tensor(1), keyHeads) : node.tensor(1));
        Value v = behind(c, node.tensorOrNull(5), flat ? split(c, node.tensor(2), keyHeads) : node.tensor(2));
        Value bias = mask(node, c, q, k).bias(dtype(q));
        List<Value> stages = weights(node).stages(c, q, grouped(c, q, k), bias);
        Value y = c.op("aten::matmul", stages.get(3), grouped(c, q, v));
        return Arrays.asList(flat ? join(c, y) : y, k, v, stages.get(stage)).subList(0, node.outputs());
    }

    /** Only what the model says of keys may leave a query without any. */
    private static AttentionWeights weights(OnnxNode node) {
        boolean guarded = node.has(3)
                || node.has(6)
                || node.integer("left_window_size", -1) >= 0
                || node.integer("right_window_size", -1) >= 0;
        return new AttentionWeights(scale(node), node.real("softcap", 0), precision(node), guarded, null);
    }

    private static @Nullable Double scale(OnnxNode node) {
        return node.hasAttribute("scale") ? node.real("scale") : null;
    }

    private static @Nullable DType precision(OnnxNode node) {
        return node.hasAttribute("softmax_precision")
                ? node.elementAttribute("softmax_precision", ElementType.FLOAT).carrier()
                : null;
    }

    private static AttentionMask mask(OnnxNode node, Conversion c, Value q, Value k) {
        Value count = node.has(6) ? c.op("aten::reshape", node.tensor(6), new long[] {-1, 1, 1, 1}) : null;
        AttentionMask mask = new AttentionMask(c, c.size(q, 2), c.size(k, 2), before(node, c, q, count));
        long left = node.integer("left_window_size", -1);
        long right = node.integer("right_window_size", -1);
        if (node.has(3)) {
            mask.with(whole(c, node.tensor(3), c.size(k, 2)));
        }
        if (node.flag("is_causal", false)) {
            mask.until(0);
        }
        if (left >= 0) {
            mask.since(left);
        }
        if (right >= 0) {
            mask.until(right);
        }
        return count == null ? mask : mask.below(count);
    }

    /** The keys before the first query: those of the past, or all but the last ones, which are the queries' own. */
    private static Object before(OnnxNode node, Conversion c, Value q, @Nullable Value count) {
        if (node.has(4)) {
            return c.size(node.tensor(4), 2);
        }
        return count == null ? 0L : c.op("aten::sub", count, c.size(q, 2));
    }

    /** A mask for every key: those behind its end do not count. */
    private static Value whole(Conversion c, Value mask, Object keys) {
        Object missing = c.integer("max", 0L, c.integer("sub", keys, c.size(mask, -1)));
        if (missing.equals(0L)) {
            return mask;
        }
        Object none = Conversion.dtype(mask) == DType.BOOL ? (Object) 0L : Double.NEGATIVE_INFINITY;
        return c.op("aten::constant_pad_nd", mask, c.list(List.of(0L, missing)), none);
    }

    // ---- parts of every attention

    /** From (batch, length, heads * size) to (batch, heads, length, size). */
    static Value split(Conversion c, Value x, long heads) {
        Object size = c.size(x, 2) instanceof Long all && heads > 0 ? (Object) (all / heads) : -1L;
        Value parts = c.op("aten::reshape", x, c.list(List.of(c.size(x, 0), c.size(x, 1), heads, size)));
        return c.op("aten::transpose", parts, 1L, 2L);
    }

    static Value join(Conversion c, Value x) {
        return c.op("aten::flatten", c.op("aten::transpose", x, 1L, 2L), 2L, 3L);
    }

    /** Keys or values with those of before in front. */
    static Value behind(Conversion c, @Nullable Value past, Value now) {
        return past == null ? now : c.op("aten::cat", c.list(List.of(past, now)), 2L);
    }

    /** Keys and values that several heads share, once for each head. */
    static Value grouped(Conversion c, Value q, Value x) {
        Object heads = c.size(q, 1);
        Object own = c.size(x, 1);
        if (heads.equals(own)) {
            return x;
        }
        return c.op("aten::repeat_interleave", x, c.integer("floordiv", heads, own), 1L, null);
    }

    static DType dtype(Value value) {
        DType dtype = Conversion.dtype(value);
        return dtype == null ? DType.FLOAT32 : dtype;
    }

    // ---- attention with bodies

    /** Scores and weights go through the node's bodies, in single precision at least. */
    private static Value flexible(OnnxNode node, Conversion c) {
        Value q = node.tensor(0);
        Value v = node.tensor(2);
        DType dtype = dtype(q);
        DType precise = precision(node);
        DType computed = precise != null ? precise : dtype == DType.FLOAT64 ? dtype : DType.FLOAT32;
        Value scores = AttentionWeights.scaled(scale(node))
                .stages(c, q, grouped(c, q, node.tensor(1)), null)
                .get(0);
        Value changed = through(node, c, "score_mod", c.cast(scores, computed));
        Value weights = through(node, c, "prob_mod", c.op("aten::softmax", changed, -1L));
        Value y = c.op("aten::matmul", weights, c.cast(grouped(c, q, v), computed));
        return c.cast(y, dtype);
    }

    private static Value through(OnnxNode node, Conversion c, String body, Value x) {
        if (!node.hasAttribute(body)) {
            return x;
        }
        GraphProto graph = node.graph(body);
        List<Value> results = c.body(graph, List.of(x));
        if (results.size() != 1) {
            throw node.broken("has a " + body + " of " + results.size() + " outputs");
        }
        return results.get(0);
    }
}
