package org.torchbridge.onnx.importer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** Normalisations over the features of one example: nothing is remembered from batch to batch. */
final class LayerNormRules {
    private LayerNormRules() {}

    static void register(Registry r) {
        r.many("LayerNormalization", 1, LayerNormRules::layerNorm);
        r.many("SimplifiedLayerNormalization", 1, LayerNormRules::simplified);
        r.rule("RMSNormalization", 23, LayerNormRules::rmsNorm);
        r.rule("GroupNormalization", 18, LayerNormRules::groupNormByGroup);
        r.rule("GroupNormalization", 21, LayerNormRules::groupNorm);
        r.rule("LRN", 1, LayerNormRules::localResponse);
        r.rule("LpNormalization", 1, LayerNormRules::lpNorm);
        r.rule("MeanVarianceNormalization", 9, LayerNormRules::meanVariance);
    }

    static void registerMicrosoft(Registry r) {
        r.many("LayerNormalization", 1, LayerNormRules::layerNorm);
        r.many("SimplifiedLayerNormalization", 1, LayerNormRules::simplified);
        r.many("SkipLayerNormalization", 1, LayerNormRules::skip);
        r.many("SkipSimplifiedLayerNormalization", 1, LayerNormRules::skipSimplified);
        r.many("EmbedLayerNormalization", 1, LayerNormRules::embed);
    }

    // ---- over the last dimensions

    private static List<@Nullable Value> layerNorm(OnnxNode node, Conversion c) {
        double epsilon = node.real("epsilon", 1e-5);
        long axis = node.integer("axis", -1);
        node.ignore("stash_type");
        Value x = node.tensor(0);
        Value scale = node.weight(1, "weight");
        Value shift = node.weightOrNull(2, "bias");
        if (!node.wants(1) && !node.wants(2)) {
            return List.of(layerNorm(node, c, x, scale, shift, axis, epsilon));
        }
        long[] dims = fromAxis(axis, node.knownRank(0));
        Value mean = c.op("aten::mean", x, dims, true);
        Value centred = c.op("aten::sub", x, mean);
        Value inverse = inverseRoot(c, centred, dims, epsilon);
        Value y = c.op("aten::mul", c.op("aten::mul", centred, inverse), scale);
        return Arrays.asList(shift == null ? y : c.op("aten::add", y, shift), mean, inverse);
    }

    /** libtorch's operator wants the sizes of the last dimensions, which are those of the scale. */
    private static Value layerNorm(
            OnnxNode node, Conversion c, Value x, Value scale, @Nullable Value shift, long axis, double epsilon) {
        int rank = node.rank(0);
        long normalized = axis < 0 ? -axis : rank - axis;
        if (Conversion.rank(scale) == normalized) {
            return c.op("aten::layer_norm", x, c.op("aten::size", scale), scale, shift, epsilon, false);
        }
        Value sizes = c.op("aten::slice", c.op("aten::size", x), axis, null, 1L);
        Value y = c.op("aten::mul", c.op("aten::layer_norm", x, sizes, null, null, epsilon, false), scale);
        return shift == null ? y : c.op("aten::add", y, shift);
    }

    private static long[] fromAxis(long axis, int rank) {
        long first = axis < 0 ? axis + rank : axis;
        long[] dims = new long[(int) (rank - first)];
        Arrays.setAll(dims, i -> first + i);
        return dims;
    }

    /** One over the root of the mean square. */
    private static Value inverseRoot(Conversion c, Value x, long[] dims, double epsilon) {
        Value square = c.op("aten::mean", c.op("aten::mul", x, x), dims, true);
        return c.op("aten::rsqrt", c.op("aten::add", square, epsilon));
    }

    private static Value rms(Conversion c, Value x, Value scale, long[] dims, double epsilon) {
        return c.op("aten::mul", c.op("aten::mul", x, inverseRoot(c, x, dims, epsilon)), scale);
    }

    private static Value rmsNorm(OnnxNode node, Conversion c) {
        double epsilon = node.real("epsilon", 1e-5);
        long axis = node.integer("axis", -1);
        node.ignore("stash_type");
        long[] dims = axis == -1 ? new long[] {-1} : fromAxis(axis, node.knownRank(0));
        return rms(c, node.tensor(0), node.weight(1, "weight"), dims, epsilon);
    }

    private static List<@Nullable Value> simplified(OnnxNode node, Conversion c) {
        return List.of(rmsNorm(node, c));
    }

    // ---- with a residual connection

    /** Input and skip are added, with a bias; the sum is the fourth output. */
    private static Value sum(OnnxNode node, Conversion c, int bias) {
        Value sum = c.op("aten::add", node.tensor(0), node.tensor(1));
        Value plus = node.weightOrNull(bias, "skip_bias");
        return plus == null ? sum : c.op("aten::add", sum, plus);
    }

    private static List<@Nullable Value> skip(OnnxNode node, Conversion c) {
        double epsilon = node.real("epsilon", 1e-12);
        Value gamma = node.weight(2, "weight");
        Value beta = node.weightOrNull(3, "bias");
        Value sum = sum(node, c, 4);
        Value y = c.op("aten::layer_norm", sum, c.op("aten::size", gamma), gamma, beta, epsilon, false);
        return Arrays.asList(y, null, null, sum).subList(0, node.outputs());
    }

    private static List<@Nullable Value> skipSimplified(OnnxNode node, Conversion c) {
        double epsilon = node.real("epsilon", 1e-12);
        Value gamma = node.weight(2, "weight");
        Value sum = sum(node, c, 3);
        return Arrays.asList(rms(c, sum, gamma, new long[] {-1}, epsilon), null, null, sum)
                .subList(0, node.outputs());
    }

    /** BERT's embeddings: words, positions and segments, added and normalised; then how long each row's mask is. */
    private static List<@Nullable Value> embed(OnnxNode node, Conversion c) {
        double epsilon = node.real("epsilon", 1e-12);
        node.ignore("mask_index_type");
        Value words = c.cast(node.tensor(0), DType.INT64);
        Value sum = c.op("aten::embedding", node.weight(2, "word_embeddings.weight"), words);
        Value positions = node.has(8)
                ? c.cast(node.tensor(8), DType.INT64)
                : c.op("aten::arange", 0L, c.size(words, 1), 1L, DType.INT64, null, c.device(), null);
        sum = c.op("aten::add", sum, c.op("aten::embedding", node.weight(3, "position_embeddings.weight"), positions));
        if (node.has(1) && node.has(4)) {
            Value segments = c.cast(node.tensor(1), DType.INT64);
            sum = c.op(
                    "aten::add",
                    sum,
                    c.op("aten::embedding", node.weight(4, "token_type_embeddings.weight"), segments));
        }
        Value gamma = node.weight(5, "weight");
        Value beta = node.weight(6, "bias");
        Value y = c.op("aten::layer_norm", sum, c.op("aten::size", gamma), gamma, beta, epsilon, false);
        Value mask = node.has(7)
                ? c.op("aten::sum", node.tensor(7), new long[] {1}, false, DType.INT32)
                : c.op("aten::zeros", c.list(List.of(c.size(words, 0))), DType.INT32, null, c.device());
        return Arrays.asList(y, mask, sum).subList(0, node.outputs());
    }

    // ---- over groups, neighbours and chosen dimensions

    private static Value groupNorm(OnnxNode node, Conversion c) {
        long groups = node.integer("num_groups");
        node.ignore("stash_type");
        double epsilon = node.real("epsilon", 1e-5);
        return c.op(
                "aten::group_norm",
                node.tensor(0),
                groups,
                node.weight(1, "weight"),
                node.weight(2, "bias"),
                epsilon,
                true);
    }

    /** As in version 18: scale and bias belong to groups, not to channels. */
    private static Value groupNormByGroup(OnnxNode node, Conversion c) {
        long groups = node.integer("num_groups");
        double epsilon = node.real("epsilon", 1e-5);
        Value x = node.tensor(0);
        Value normalized = c.op("aten::group_norm", x, groups, null, null, epsilon, true);
        Value grouped = c.op("aten::reshape", normalized, c.list(List.of(c.size(x, 0), groups, -1L)));
        Value scale = c.op("aten::unsqueeze", node.weight(1, "weight"), 1L);
        Value shift = c.op("aten::unsqueeze", node.weight(2, "bias"), 1L);
        return c.op("aten::view_as", c.op("aten::add", c.op("aten::mul", grouped, scale), shift), x);
    }

    /** Over channels around each, of which ONNX has one more behind than before where their number is even. */
    private static Value localResponse(OnnxNode node, Conversion c) {
        double alpha = node.real("alpha", 1e-4);
        double beta = node.real("beta", 0.75);
        double bias = node.real("bias", 1);
        long size = node.integer("size");
        Value x = node.tensor(0);
        Value rows = c.op("aten::flatten", c.op("aten::unsqueeze", c.op("aten::mul", x, x), 1L), 3L, -1L);
        Value padded = c.op("aten::constant_pad_nd", rows, new long[] {0, 0, (size - 1) / 2, size / 2}, 0.0);
        Value mean = c.op(
                "aten::avg_pool2d",
                padded,
                new long[] {size, 1},
                new long[] {1, 1},
                new long[] {0, 0},
                false,
                true,
                null);
        Value factor = c.op("aten::pow", c.op("aten::add", c.op("aten::mul", mean, alpha), bias), beta);
        return c.op("aten::div", x, c.op("aten::view_as", factor, x));
    }

    private static Value lpNorm(OnnxNode node, Conversion c) {
        long axis = node.integer("axis", -1);
        double p = node.integer("p", 2);
        Value x = node.tensor(0);
        Value norm = c.op("aten::norm", x, p, new long[] {axis}, true);
        // Zeros stay zeros.
        return c.op("aten::div", x, c.op("aten::masked_fill", norm, c.op("aten::eq", norm, 0L), 1L));
    }

    private static Value meanVariance(OnnxNode node, Conversion c) {
        long[] axes = node.integers("axes", 0, 2, 3);
        Value x = node.tensor(0);
        Value centred = c.op("aten::sub", x, c.op("aten::mean", x, axes, true));
        Value variance = c.op("aten::mean", c.op("aten::mul", centred, centred), axes, true);
        return c.op("aten::div", centred, c.op("aten::add", c.op("aten::sqrt", variance), 1e-9));
    }
}
