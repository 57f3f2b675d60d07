package org.torchbridge.onnx.importer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Value;

/** Convolutions. */
final class ConvolutionRules {
    private static final long[] ZERO = {0};
    private static final long[] ONE = {1};

    private ConvolutionRules() {}

    static void register(Registry r) {
        r.rule("Conv", 1, ConvolutionRules::conv).limit("Conv", Padding.LIMIT);
        r.many("CausalConvWithState", 27, ConvolutionRules::causal);
    }

    static Value conv(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        Value weight = node.weight(1, "weight");
        Value bias = node.weightOrNull(2, "bias");
        long group = node.integer("group", 1);
        Padding padding = Padding.of(node, c, x, kernel(node, 1));
        Value padded = padding.isSymmetric() ? x : padding.apply(c, x, node.isInteger(0) ? (Object) 0L : 0.0);
        Padding left = padding.isSymmetric() ? padding : padding.none();
        String kind = "aten::conv" + left.dims() + "d";
        return c.op(kind, padded, weight, bias, left.strides(), left.symmetric(), left.dilations(), group);
    }

    /** Each channel by itself, over the present and what came before it, of which the last part is for the next call. */
    private static List<@Nullable Value> causal(OnnxNode node, Conversion c) {
        String activation = node.oneOf("activation", "none", "silu", "swish");
        Value x = node.tensor(0);
        Value weight = node.weight(1, "weight");
        Value bias = node.weightOrNull(2, "bias");
        Object before = c.integer("sub", c.size(weight, 2), 1L);
        Value all = node.has(3)
                ? c.op("aten::cat", c.list(List.of(node.tensor(3), x)), -1L)
                : c.op("aten::constant_pad_nd", x, Numbers.row(List.of(before, 0L)), 0.0);
        Value sums = c.op("aten::conv1d", all, weight, bias, ONE, ZERO, ONE, c.size(weight, 0));
        Value state = c.op("aten::slice", all, -1L, c.integer("sub", c.size(all, -1), before), null, 1L);
        return Arrays.asList(activation.equals("none") ? sums : c.op("aten::silu", sums), state);
    }

    /** The kernel's sizes; ones where only their number is known, and matters. */
    static long[] kernel(OnnxNode node, int weight) {
        long[] kernel = node.integers("kernel_shape");
        List<@Nullable Long> shape = node.shape(weight);
        int dims = kernel == null ? node.knownRank(weight) - 2 : kernel.length;
        if (dims < 1 || dims > 3) {
            throw node.unsupported(dims + " spatial dimensions");
        }
        if (kernel != null) {
            return kernel;
        }
        if (!shape.subList(2, shape.size()).contains(null)) {
            return shape.stream().skip(2).mapToLong(Long::longValue).toArray();
        }
        if (node.text("auto_pad", "NOTSET").startsWith("SAME")) {
            throw node.unsupported("a weight of unknown shape");
        }
        return Padding.all(dims, 1);
    }
}
