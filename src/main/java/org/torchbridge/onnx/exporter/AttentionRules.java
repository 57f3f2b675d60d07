package org.torchbridge.onnx.exporter;

import java.util.stream.LongStream;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** Attention, written as the products that it is. */
final class AttentionRules {
    private AttentionRules() {}

    static void register(Rules r) {
        r.rule("aten::scaled_dot_product_attention", AttentionRules::attention);
    }

    private static Named attention(Call c) {
        if (c.real("dropout_p", 0) != 0) {
            throw c.unsupported("drops attention out; export for inference");
        }
        Named query = c.tensor("query");
        Named key = turned(c, c.tensor("key"));
        Named scores = c.op("Mul", c.op("MatMul", query, key), scale(c, query));
        if (c.flag("is_causal")) {
            scores = c.op("Add", scores, causal(c, query, c.tensor("key")));
        }
        if (c.has("attn_mask")) {
            scores = c.op("Add", scores, mask(c, query));
        }
        return c.op("MatMul", c.node("Softmax", scores).with("axis", -1).get(), c.tensor("value"));
    }

    private static Named turned(Call c, Named x) {
        int rank = c.rank(x);
        long[] order = LongStream.range(0, rank).toArray();
        order[rank - 2] = rank - 1;
        order[rank - 1] = rank - 2;
        return LayoutRules.permute(c, x, order);
    }

    /** One by the root of the width, unless the call says otherwise. */
    private static Named scale(Call c, Named query) {
        if (c.has("scale")) {
            return c.cast(c.item("scale"), c.dtype(query));
        }
        Item width = c.size(query, c.rank(query) - 1);
        return width instanceof Known known
                ? c.scalar(1 / Math.sqrt((Long) known.value()), c.dtype(query))
                : c.op("Reciprocal", c.op("Sqrt", c.cast(width, c.dtype(query))));
    }

    private static Named causal(Call c, Named query, Named key) {
        Named rows = LayoutRules.unsqueeze(c, range(c, query), 1);
        Named columns = LayoutRules.unsqueeze(c, range(c, key), 0);
        return infinite(c, c.node("LessOrEqual", columns, rows).as(DType.BOOL).get(), query);
    }

    private static Named range(Call c, Named x) {
        return c.op("Range", c.scalar(0L), c.named(c.size(x, c.rank(x) - 2)), c.scalar(1L))
                .ofRank(1);
    }

    private static Named mask(Call c, Named query) {
        Named mask = c.tensor("attn_mask");
        return mask.dtype() == DType.BOOL ? infinite(c, mask, query) : c.cast(mask, c.dtype(query));
    }

    /** 0 where something is seen, and minus infinity where it is not. */
    private static Named infinite(Call c, Named seen, Named query) {
        DType dtype = c.dtype(query);
        return c.node("Where", seen, c.scalar(0.0, dtype), c.scalar(Double.NEGATIVE_INFINITY, dtype))
                .as(dtype)
                .get();
    }
}
