package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Which keys each query of an attention sees. Key {@code j} is at position {@code j}, query {@code i} at {@code i + before}.
 */
final class AttentionMask {
    private final Conversion c;
    private final Value queries;
    private final Value keys;
    private final List<Value> seen = new ArrayList<>();
    private @Nullable Value added;

    /**
     * @param before how many keys there are before the first query: a {@link Long}, a value of type {@code int}, or a tensor of
     *     shape (batch, 1, 1, 1)
     */
    AttentionMask(Conversion c, Object queries, Object keys, Object before) {
        this.c = c;
        Value steps = c.op("aten::unsqueeze", range(c, queries), 1L);
        this.queries = before.equals(0L) ? steps : c.op("aten::add", steps, before);
        this.keys = range(c, keys);
    }

    /** The numbers from 0 on. */
    static Value range(Conversion c, Object count) {
        return c.op("aten::arange", 0L, count, 1L, DType.INT64, null, c.device());
    }

    /** Queries see keys of up to {@code after} positions behind their own. */
    AttentionMask until(long after) {
        return and(c.op("aten::le", keys, after == 0 ? queries : c.op("aten::add", queries, after)));
    }

    /** Queries see keys of up to {@code before} positions ahead of their own. */
    AttentionMask since(long before) {
        return and(c.op("aten::ge", keys, c.op("aten::sub", queries, before)));
    }

    /** There are only so many keys, a tensor of shape (batch, 1, 1, 1). */
    AttentionMask below(Value count) {
        return and(c.op("aten::lt", keys, count));
    }

    /** Queries see the keys that a tensor of truth values says, or a tensor of numbers is added to their scores. */
    AttentionMask with(Value mask) {
        if (Conversion.dtype(mask) == DType.BOOL) {
            return and(mask);
        }
        added = mask;
        return this;
    }

    private AttentionMask and(Value mask) {
        seen.add(mask);
        return this;
    }

    /** What is added to the scores: minus infinity for keys that are not seen; null for nothing. */
    @Nullable
    Value bias(DType dtype) {
        if (seen.isEmpty()) {
            return added;
        }
        Value all =
                seen.stream().reduce((a, b) -> c.op("aten::logical_and", a, b)).orElseThrow();
        Value zeros = c.op("aten::zeros_like", all, dtype);
        zeros.setType(new Type.OfTensor(dtype, Conversion.type(all).shape()));
        Value bias = c.op("aten::masked_fill", zeros, c.op("aten::logical_not", all), Double.NEGATIVE_INFINITY);
        return added == null ? bias : c.op("aten::add", added, bias);
    }
}
