package org.torchbridge.onnx.importer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Value;

/** Convolutions. */
final class ConvolutionRules {
    private ConvolutionRules() {}

    static void register(Registry r) {
        r.rule("Conv", 1, ConvolutionRules::conv).limit("Conv", Padding.LIMIT);
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
