package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** Attention, in ONNX's own form and in ONNX Runtime's. */
final class AttentionRules {
    private AttentionRules() {}

    static void register(Registry r) {
        r.many("Attention", 23, AttentionRules::attention);
        r.rule("RotaryEmbedding", 23, AttentionRules::rotary);
    }

    static void registerMicrosoft(Registry r) {
        r.many("Attention", 1, AttentionRules::packed);
        r.many("MultiHeadAttention", 1, AttentionRules::multiHead);
        r.rule("RotaryEmbedding", 1, AttentionRules::rotaryAtPositions);
    }

    // ---- ONNX's own

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
        Value mask = node.tensorOrNull(3);
        Value past = node.tensorOrNull(4);
        Value presentKey = past == null ? k : c.op("aten::cat", c.list(List.of(past, k)), 2L);
        Value presentValue = past == null ? v : c.op("aten::cat", c.list(List.of(node.tensor(5), v)), 2L);
        Value bias = bias(c, q, presentKey, mask, causal, past);
        List<Value> both = scores(c, q, grouped(c, q, presentKey), bias, scale, softcap, stage);
        Value y = c.op("aten::matmul", both.get(0), grouped(c, q, presentValue));
        return Arrays.asList(flat ? join(c, y) : y, presentKey, presentValue, both.get(1))
                .subList(0, node.outputs());
    }

    /** From (batch, length, heads * size) to (batch, heads, length, size). */
    private static Value split(Conversion c, Value x, long heads) {
        Value parts = c.op("aten::reshape", x, c.list(List.of(c.size(x, 0), c.size(x, 1), heads, -1L)));
        return c.known(c.op("aten::transpose", parts, 1L, 2L), Conversion.dtype(x), 4);
    }

    private static Value join(Conversion c, Value x) {
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

    private static @Nullable Value bias(
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

    private static DType dtype(Value value) {
        DType dtype = Conversion.dtype(value);
        return dtype == null ? DType.FLOAT32 : dtype;
    }

    /** The attention's weights, and the scores at the stage that the node gives out. */
    private static List<Value> scores(
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

    /** ONNX Runtime's order of inputs: positions come before the tables. */
    private static Value rotaryAtPositions(OnnxNode node, Conversion c) {
        boolean interleaved = node.flag("interleaved", false);
        long size = node.integer("rotary_embedding_dim", 0);
        long heads = node.integer("num_heads", 0);
        node.ignore("scale", "is_packed_batching");
        Value x = node.tensor(0);
        boolean flat = node.knownRank(0) == 3;
        Value positions = node.tensor(1);
        if (node.rank(1) == 1) {
            Value steps = c.op("aten::arange", 0L, c.size(x, flat ? 1 : 2), 1L, DType.INT64, null, c.device(), null);
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
    private static Value rows(Conversion c, Value table, @Nullable Value positions) {
        Value rows = positions == null ? table : c.op("aten::embedding", table, c.cast(positions, DType.INT64));
        return c.op("aten::unsqueeze", rows, 2L);
    }

    /** Turns pairs, which are neighbours or lie half of the size apart; what is behind {@code size} stays. */
    private static Value turned(Conversion c, Value x, Value cos, Value sin, boolean interleaved, long size) {
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

    // ---- ONNX Runtime's

    /** Queries, keys and values come from one multiplication. */
    private static List<@Nullable Value> packed(OnnxNode node, Conversion c) {
        long heads = node.integer("num_heads");
        boolean causal = node.flag("unidirectional", false);
        Double scale = node.hasAttribute("scale") ? node.real("scale") : null;
        node.ignore("mask_filter_value", "do_rotary", "rotary_embedding_dim", "past_present_share_buffer");
        Value x = node.tensor(0);
        Value weight = c.op("aten::t", node.weight(1, "in_proj_weight"));
        Value all = c.op("aten::linear", x, weight, node.weightOrNull(2, "in_proj_bias"));
        List<Value> parts = parts(node, c, all);
        List<Value> split = parts.stream().map(part -> split(c, part, heads)).toList();
        Value bias = mask(c, split.get(0), node.rank(3), node.tensorOrNull(3));
        if (node.has(4)) {
            throw node.unsupported("past states");
        }
        Value more = node.tensorOrNull(5);
        bias = bias == null ? more : more == null ? bias : c.op("aten::add", bias, more);
        if (causal) {
            Value seen = bias(c, split.get(0), split.get(1), null, true, null);
            bias = bias == null ? seen : c.op("aten::add", bias, seen);
        }
        List<Value> both = scores(c, split.get(0), split.get(1), bias, scale, 0, 0);
        return List.of(join(c, c.op("aten::matmul", both.get(0), split.get(2))));
    }

    private static List<Value> parts(OnnxNode node, Conversion c, Value all) {
        long[] sizes = node.integers("qkv_hidden_sizes");
        if (sizes == null) {
            return c.unpack(c.op("aten::chunk", all, 3L, -1L), 3);
        }
        return c.unpack(c.op("aten::split_with_sizes", all, sizes, -1L), 3);
    }

    /** Which keys count: of each row 0 or 1, or how many from the front; or a mask for each query as well. */
    private static @Nullable Value mask(Conversion c, Value q, int rank, @Nullable Value mask) {
        if (mask == null) {
            return null;
        }
        Value counts = c.op("aten::ne", mask, 0L);
        if (rank == 1) {
            Value places = c.op("aten::arange", 0L, c.size(q, 2), 1L, DType.INT64, null, c.device(), null);
            counts = c.op("aten::lt", c.op("aten::unsqueeze", places, 0L), c.op("aten::unsqueeze", mask, 1L));
        }
        Value spread = rank == 3
                ? c.op("aten::unsqueeze", counts, 1L)
                : rank == 4 ? counts : c.op("aten::unsqueeze", c.op("aten::unsqueeze", counts, 1L), 1L);
        return asBias(c, q, c.known(spread, DType.BOOL, 4));
    }

    private static List<@Nullable Value> multiHead(OnnxNode node, Conversion c) {
        long heads = node.integer("num_heads");
        Double scale = node.hasAttribute("scale") ? node.real("scale") : null;
        boolean causal = node.flag("unidirectional", false);
        node.ignore("mask_filter_value");
        if (!node.has(1) || node.has(6)) {
            throw node.unsupported("packed inputs or past states");
        }
        List<Value> inputs = new ArrayList<>(List.of(node.tensor(0), node.tensor(1), node.tensor(2)));
        Value bias = node.weightOrNull(3, "bias");
        if (bias != null) {
            List<Value> biases = c.unpack(c.op("aten::chunk", bias, 3L, 0L), 3);
            for (int i = 0; i < 3; i++) {
                inputs.set(i, c.op("aten::add", inputs.get(i), biases.get(i)));
            }
        }
        List<Value> split = inputs.stream()
                .map(part -> Conversion.rank(part) == 4 ? part : split(c, part, heads))
                .toList();
        Value added = mask(c, split.get(1), node.rank(4), node.tensorOrNull(4));
        Value more = node.tensorOrNull(5);
        added = added == null ? more : more == null ? added : c.op("aten::add", added, more);
        if (causal) {
            Value seen = bias(c, split.get(0), split.get(1), null, true, null);
            added = added == null ? seen : c.op("aten::add", added, seen);
        }
        List<Value> both = scores(c, split.get(0), split.get(1), added, scale, 0, 0);
        Value y = join(c, c.op("aten::matmul", both.get(0), split.get(2)));
        return Arrays.asList(y, split.get(1), split.get(2)).subList(0, node.outputs());
    }
}
