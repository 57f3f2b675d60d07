package org.torchbridge.onnx.importer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Value;

/** Pooling over windows, and over all of an image. */
final class PoolingRules {
    private PoolingRules() {}

    static void register(Registry r) {
        r.many("MaxPool", 1, PoolingRules::maxPool);
        r.rule("AveragePool", 1, (node, c) -> averagePool(node, c, node.tensor(0)));
        r.limit("MaxPool", Padding.LIMIT).limit("AveragePool", Padding.LIMIT);
        r.rule("GlobalAveragePool", 1, (node, c) -> globalAverage(node, c, node.tensor(0)));
        r.rule("GlobalMaxPool", 1, (node, c) -> c.op("aten::amax", node.tensor(0), spatial(node), true));
    }

    static long[] spatial(OnnxNode node) {
        long[] dims = new long[Math.max(0, node.knownRank(0) - 2)];
        Arrays.setAll(dims, i -> i + 2);
        return dims;
    }

    static long[] kernel(OnnxNode node) {
        long[] kernel = node.integers("kernel_shape");
        if (kernel == null) {
            throw node.broken("has no kernel_shape");
        }
        if (kernel.length < 1 || kernel.length > 3) {
            throw node.unsupported(kernel.length + " spatial dimensions");
        }
        return kernel;
    }

    private static List<@Nullable Value> maxPool(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        Padding padding = Padding.of(node, c, x, kernel(node));
        boolean ceil = node.flag("ceil_mode", false);
        boolean columns = node.integer("storage_order", 0) != 0;
        boolean whole = padding.isSymmetric() && fits(padding);
        Value padded = whole ? x : padding.apply(c, x, Extremes.smallest(node.dtype(0)));
        Padding left = whole ? padding : padding.none();
        Object[] arguments = {padded, left.kernel(), left.strides(), left.symmetric(), left.dilations(), ceil};
        String kind = "aten::max_pool" + left.dims() + "d";
        boolean tooMany = ceil && !whole;
        if (!node.wants(1)) {
            Value pooled = c.op(kind, arguments);
            return List.of(tooMany ? padding.begun(c, x, pooled) : pooled);
        }
        List<Value> both = c.ops(kind + "_with_indices", arguments);
        if (tooMany) {
            both = both.stream().map(each -> padding.begun(c, x, each)).toList();
        }
        return List.of(both.get(0), PoolIndices.write(c, x, padded, both.get(1), whole ? null : padding, columns));
    }

    /** libtorch pads at most half of a window. */
    private static boolean fits(Padding padding) {
        for (int i = 0; i < padding.dims(); i++) {
            if (!(padding.begins().get(i) instanceof Long pad) || 2 * pad > padding.kernel()[i]) {
                return false;
            }
        }
        return true;
    }

    static Value globalAverage(OnnxNode node, Conversion c, Value x) {
        return c.op("aten::mean", x, spatial(node), true);
    }

    static Value averagePool(OnnxNode node, Conversion c, Value x) {
        Padding padding = Padding.of(node, c, x, kernel(node));
        boolean ceil = node.flag("ceil_mode", false);
        boolean counts = node.flag("count_include_pad", false);
        if (Arrays.stream(padding.dilations()).anyMatch(step -> step != 1)) {
            return summedAverage(c, x, padding, ceil, counts);
        }
        if (padding.isSymmetric() && fits(padding)) {
            return average(c, x, padding, ceil, counts);
        }
        Value sums = paddedAverage(c, x, padding, ceil);
        return counts ? sums : c.op("aten::div", sums, paddedAverage(c, c.op("aten::ones_like", x), padding, ceil));
    }

    /** The pads count as zeros. */
    private static Value paddedAverage(Conversion c, Value x, Padding padding, boolean ceil) {
        Value pooled = average(c, padding.apply(c, x, 0.0), padding.none(), ceil, true);
        return ceil ? padding.begun(c, x, pooled) : pooled;
    }

    /** Over windows with gaps, which libtorch has no pooling for. */
    private static Value summedAverage(Conversion c, Value x, Padding padding, boolean ceil, boolean counts) {
        Value counted = WindowSum.of(c, c.op("aten::ones_like", x), padding, ceil, counts ? 1 : 0);
        return c.op("aten::div", WindowSum.of(c, x, padding, ceil, 0), counted);
    }

    private static Value average(Conversion c, Value x, Padding padding, boolean ceil, boolean counts) {
        String kind = "aten::avg_pool" + padding.dims() + "d";
        return c.op(kind, x, padding.kernel(), padding.strides(), padding.symmetric(), ceil, counts);
    }
}
