package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** ONNX's attention and rotary embeddings. */
final class AttentionRules {
    private AttentionRules() {}

    static void register(Registry r) {
        r.many("Attention", 23, AttentionRules::attention);
        r.rule("RotaryEmbedding", 23, AttentionRules::rotary);
    }

    private static List<@Nullable Value> attention(OnnxNode node, Conversion c) {
        boolean causal = node.flag("is_causal", false);
        long heads = node.integer("q_num_heads", 0);
        long keyHeads = node.integer("kv_num_heads", 0);
        double softcap = node.real("softcap", 0);
        long stage = node.integer("qk_matmul_output_mode", 0);
        Double scale = node.hasAttribute("scale") ? node.real("scale") : null;
        node.ignore("softmax_precision");
        boolean flat = node.knownRank(0) == 3;
        Value q = flat ? split(c, node.tensor(0), heads) : node.tensor(0);
        Value k = flat ? split(c, node.tensor(1), keyHeads) : node.tensor(1);
        Value v = flat ? split(c, node.tensor(2), keyHeads) : node.tensor(2);
        Value given = node.tensorOrNull(3);
        Value past = node.tensorOrNull(4);
        Value presentKey = past == null ? k : c.op("aten::cat", c.list(List.of(past, k)), 2L);
        Value presentValue = past == null ? v : c.op("aten::cat", c.list(List.of(node.tensor(5), v)), 2L);
        Value mask = given == null ? null : whole(c, given, c.size(presentKey, 2));
        Value bias = bias(c, q, presentKey, mask, causal, past);
        List<Value> both = scores(c, q, grouped(c, q, presentKey), bias, scale, softcap, stage);
        Value y = c.op("aten::matmul", both.get(0), grouped(c, q, presentValue));
        return Arrays.asList(flat ? join(c, y) : y, presentKey, presentValue, both.get(1))
                .subList(0, node.outputs());
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

    /** From (batch, length, heads * size) to (batch, heads, length, size). */
    static Value split(Conversion c, Value x, long heads) {
        Value parts = c.op("aten::reshape", x, c.list(List.of(c.size(x, 0), c.size(x, 1), heads, -1L)));
        return c.known(c.op("aten::transpose", parts, 1L, 2L), Conversion.dtype(x), 4);
    }

    static Value join(Conversion c, Value x) {
        return c.op("aten::flatten", c.op("aten::transpose", x, 1L, 2L), 2L, 3L);
    }

    /** Keys and values that several heads share, once for each head. */
    private static Value grouped(Conversion c, Value q, Value x) {
        Object heads = c.size(q, 1);
        Object own = c.size(x, 1);
        if (heads.equals(own)) {
            return x;
        }
        return c.op("aten::repeat_interleave", x, c.integer("floordiv", heads, own), 1L, null);
    }

    static @Nullable Value bias(
            Conversion c, Value q, Value k, @Nullable Value mask, boolean causal, @Nullable Value past) {
        Value bias = mask == null ? null : asBias(c, q, mask);
        if (!causal) {
            return bias;
        }
        Object rows = c.size(q, 2);
        Object columns = c.size(k, 2);
        Object before = past == null ? (Object) 0L : c.size(past, 2);
        Value ones = c.op("aten::ones", c.list(List.of(rows, columns)), DType.BOOL, null, c.device());
        Value seen = asBias(c, q, c.op("aten::tril", ones, before));
        return bias == null ? seen : c.op("aten::add", bias, seen);
    }

    /** What is added to the scores: minus infinity where a mask of truth values says no. */
    private static Value asBias(Conversion c, Value q, Value mask) {
        if (Conversion.dtype(mask) != DType.BOOL) {
            return mask;
        }
        Value zeros = c.op("aten::zeros_like", mask, dtype(q));
        return c.op("aten::masked_fill", zeros, c.op("aten::logical_not", mask), Double.NEGATIVE_INFINITY);
    }

    static DType dtype(Value value) {
        DType dtype = Conversion.dtype(value);
        return dtype == null ? DType.FLOAT32 : dtype;
    }

    /** The attention's weights, and the scores at the stage that the node gives out. */
    static List<Value> scores(
            Conversion c, Value q, Value k, @Nullable Value bias, @Nullable Double scale, double softcap, long stage) {
        Value product = c.op("aten::matmul", q, c.op("aten::transpose", k, -1L, -2L));
        Object factor =
                scale == null ? c.op("aten::pow", c.op("aten::Float", c.value(one(c, q))), -0.5) : (Object) scale;
        List<Value> stages = new ArrayList<>();
        Value scores = c.op("aten::mul", product, factor);
        stages.add(scores);
        scores = bias == null ? scores : c.op("aten::add", scores, bias);
        stages.add(scores);
        if (softcap > 0) {
            scores = c.op("aten::mul", c.op("aten::tanh", c.op("aten::div", scores, softcap)), softcap);
        }
        stages.add(scores);
        Value weights = c.op("aten::softmax", scores, -1L);
        stages.add(weights);
        return List.of(weights, stages.get((int) stage));
    }

    private static Numbers one(Conversion c, Value q) {
        return Numbers.scalar(org.torchbridge.onnx.ElementType.INT64, c.size(q, -1));
    }

    // ---- rotary embeddings

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
