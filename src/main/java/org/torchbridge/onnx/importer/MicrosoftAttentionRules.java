package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Value;

/** ONNX Runtime's forms of attention. */
final class MicrosoftAttentionRules {
    private MicrosoftAttentionRules() {}

    static void registerMicrosoft(Registry r) {
        r.many("Attention", 1, MicrosoftAttentionRules::attention);
        r.many("MultiHeadAttention", 1, MicrosoftAttentionRules::multiHead);
        r.limit("Attention", "rotary embeddings, shared buffers of past states");
    }

    /** Queries, keys and values come from one product. */
    private static List<@Nullable Value> attention(OnnxNode node, Conversion c) {
        long heads = node.integer("num_heads");
        if (node.flag("do_rotary", false) || node.flag("past_present_share_buffer", false)) {
            throw node.unsupported("rotary embeddings or shared buffers");
        }
        node.ignore("rotary_embedding_dim");
        Value weight = c.op("aten::t", node.weight(1, "in_proj_weight"));
        Value all = c.op("aten::linear", node.tensor(0), weight, node.weightOrNull(2, "in_proj_bias"));
        long[] sizes = node.integers("qkv_hidden_sizes");
        Value parts =
                sizes == null ? c.op("aten::chunk", all, 3L, -1L) : c.op("aten::split_with_sizes", all, sizes, -1L);
        List<Value> split = c.unpack(parts, 3).stream()
                .map(part -> AttentionRules.split(c, part, heads))
                .toList();
        Value past = node.tensorOrNull(4);
        Value pastKey = past == null ? null : c.op("aten::select", past, 0L, 0L);
        Value pastValue = past == null ? null : c.op("aten::select", past, 0L, 1L);
        List<Value> results = attend(node, c, split, 3, pastKey, pastValue);
        Value present = node.wants(1) ? c.op("aten::stack", c.list(results.subList(1, 3)), 0L) : null;
        return Stream.of(results.get(0), present).filter(Objects::nonNull).toList();
    }

    private static List<@Nullable Value> multiHead(OnnxNode node, Conversion c) {
        return new ArrayList<>(attend(node, c, projected(node, c), 4, node.tensorOrNull(6), node.tensorOrNull(7)));
    }

    /** Queries, keys and values of heads; those that are one tensor are next to each other for each head. */
    private static List<Value> projected(OnnxNode node, Conversion c) {
        long heads = node.integer("num_heads");
        Value bias = node.weightOrNull(3, "bias");
        if (bias != null && (!node.has(2) || node.knownRank(1) == 4)) {
            throw node.unsupported("a bias for keys and values that are of heads already");
        }
        if (!node.has(1)) {
            return apart(c, node.tensor(0), 3);
        }
        List<Value> inputs = new ArrayList<>(List.of(node.tensor(0)));
        inputs.addAll(node.has(2) ? List.of(node.tensor(1), node.tensor(2)) : apart(c, node.tensor(1), 2));
        if (bias != null) {
            List<Object> sizes = new ArrayList<>();
            inputs.forEach(input -> sizes.add(c.size(input, -1)));
            List<Value> biases = c.unpack(c.op("aten::split_with_sizes", bias, c.list(sizes), 0L), 3);
            inputs.replaceAll(input -> c.op("aten::add", input, biases.get(inputs.indexOf(input))));
        }
        inputs.replaceAll(part -> Conversion.rank(part) == 4 ? part : AttentionRules.split(c, part, heads));
        return inputs;
    }

    /** From (batch, length, heads, count, size) to {@code count} times (batch, heads, length, size). */
    private static List<Value> apart(Conversion c, Value packed, int count) {
        return c.unpack(c.op("aten::unbind", packed, 3L), count).stream()
                .map(part -> c.known(c.op("aten::transpose", part, 1L, 2L), Conversion.dtype(packed), 4))
                .toList();
    }

    /**
     * The result, and keys and values with those of before in front.
     *
     * @param mask the input that says which keys count; input 5 of both operators is added to the scores
     */
    private static List<Value> attend(
            OnnxNode node,
            Conversion c,
            List<Value> heads,
            int mask,
            @Nullable Value pastKey,
            @Nullable Value pastValue) {
        boolean causal = node.flag("unidirectional", false);
        Double scale = node.hasAttribute("scale") ? node.real("scale") : null;
        double excluded = node.real("mask_filter_value", -10_000);
        Value q = heads.get(0);
        Value k = AttentionRules.behind(c, pastKey, heads.get(1));
        Value v = AttentionRules.behind(c, pastValue, heads.get(2));
        Value seen = causal ? causal(c, q, k, pastKey) : null;
        Value bias = Stream.of(mask(node, c, mask, k, excluded), node.tensorOrNull(5), seen)
                .filter(Objects::nonNull)
                .reduce((a, b) -> c.op("aten::add", a, b))
                .orElse(null);
        Value weights = AttentionWeights.scaled(scale).stages(c, q, k, bias).get(3);
        return List.of(AttentionRules.join(c, c.op("aten::matmul", weights, v)), k, v);
    }

    private static Value causal(Conversion c, Value q, Value k, @Nullable Value past) {
        Object before = past == null ? (Object) 0L : c.size(past, 2);
        return new AttentionMask(c, c.size(q, 2), c.size(k, 2), before).until(0).bias(AttentionRules.dtype(q));
    }

    /** Which keys count: of each row 0 or 1, or how many from the front; or a mask for each query as well. */
    private static @Nullable Value mask(OnnxNode node, Conversion c, int input, Value k, double excluded) {
        if (!node.has(input)) {
            return null;
        }
        Value mask = node.tensor(input);
        int rank = node.knownRank(input);
        Value left = c.op("aten::eq", mask, 0L);
        if (rank == 1) {
            Value places = AttentionMask.range(c, c.size(k, 2));
            left = c.op("aten::ge", c.op("aten::unsqueeze", places, 0L), c.op("aten::unsqueeze", mask, 1L));
        }
        Value spread = rank == 4 ? left : c.op("aten::unsqueeze", left, 1L);
        spread = rank > 2 ? spread : c.op("aten::unsqueeze", spread, 1L);
        return c.known(
                c.op("aten::mul", c.cast(spread, AttentionRules.dtype(k)), excluded), AttentionRules.dtype(k), 4);
    }
}
