package org.torchbridge.onnx.importer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;

/**
 * The weights of an attention, {@code softmax(softcap(query @ key^T * scale) + bias)}.
 *
 * @param scale null for the root of the number of features
 * @param softcap scores lie between its negative and itself; 0 for no bounds
 * @param precision what the softmax is computed in; null for the type of the queries
 * @param guarded whether queries that see no key have weights of zero, rather than none
 * @param sink the score of what is no key and takes its share of the weights, (1, heads or 1, 1, 1); null for none
 */
record AttentionWeights(
        @Nullable Double scale, double softcap, @Nullable DType precision, boolean guarded, @Nullable Value sink) {
    static AttentionWeights scaled(@Nullable Double scale) {
        return new AttentionWeights(scale, 0, null, false, null);
    }

    /** Scores, bounded scores, bounded scores with the bias, and weights: each (batch, heads, queries, keys). */
    List<Value> stages(Conversion c, Value query, Value key, @Nullable Value bias) {
        Value scores = product(c, query, key);
        Value capped = capped(c, scores);
        Value biased = bias == null ? capped : c.op("aten::add", capped, bias);
        return List.of(scores, capped, biased, weights(c, capped, bias, biased));
    }

    /** Half precision has no room for the product of what is not scaled. */
    private Value product(Conversion c, Value query, Value key) {
        DType dtype = Conversion.dtype(query);
        Object factor = factor(c, query);
        if (dtype == DType.FLOAT16 || dtype == DType.BFLOAT16) {
            Object root = factor instanceof Double known ? (Object) Math.sqrt(known) : c.op("aten::sqrt", factor);
            return matmul(c, c.op("aten::mul", query, root), c.op("aten::mul", key, root));
        }
        return c.op("aten::mul", matmul(c, query, key), factor);
    }

    private static Value matmul(Conversion c, Value query, Value key) {
        return c.op("aten::matmul", query, c.op("aten::transpose", key, -1L, -2L));
    }

    /** What scores are multiplied by. */
    Object factor(Conversion c, Value query) {
        if (scale != null) {
            return scale;
        }
        Object size = c.size(query, -1);
        if (size instanceof Long known) {
            return Math.pow(known, -0.5);
        }
        return c.op("aten::pow", c.op("aten::Float", c.value(Numbers.scalar(ElementType.INT64, size))), -0.5);
    }

    private Value capped(Conversion c, Value scores) {
        return softcap > 0
                ? c.op("aten::mul", c.op("aten::tanh", c.op("aten::div", scores, softcap)), softcap)
                : scores;
    }

    /** A query without keys has no bias, so that there are no infinities that spoil gradients. */
    private Value weights(Conversion c, Value capped, @Nullable Value bias, Value biased) {
        if (!guarded || bias == null) {
            return softmax(c, biased);
        }
        Value none = c.op("aten::all", c.op("aten::eq", bias, Double.NEGATIVE_INFINITY), -1L, true);
        Value finite = c.op("aten::add", capped, c.op("aten::masked_fill", bias, none, 0.0));
        return c.op("aten::masked_fill", softmax(c, finite), none, 0.0);
    }

    private Value softmax(Conversion c, Value scores) {
        DType dtype = Conversion.dtype(scores);
        if (sink != null) {
            return shared(c, scores, sink);
        }
        if (precision == null || dtype == null) {
            return c.op("aten::softmax", scores, -1L);
        }
        return c.cast(c.op("aten::softmax", c.cast(scores, precision), -1L), dtype);
    }

    private static Value shared(Conversion c, Value scores, Value sink) {
        Value column = c.op("aten::expand_as", sink, c.op("aten::slice", scores, -1L, 0L, 1L, 1L));
        Value weights = c.op("aten::softmax", c.op("aten::cat", c.list(List.of(scores, column)), -1L), -1L);
        return c.op("aten::slice", weights, -1L, 0L, -1L, 1L);
    }
}
