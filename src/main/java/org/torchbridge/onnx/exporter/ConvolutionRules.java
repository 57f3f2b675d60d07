package org.torchbridge.onnx.exporter;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.onnx.exporter.Item.Named;

/** Convolutions and their transposes. */
final class ConvolutionRules {
    private ConvolutionRules() {}

    static void register(Rules r) {
        for (String size : List.of("1d", "2d", "3d")) {
            r.rule("aten::conv" + size, c -> batched(c, c.tensor("input"), x -> convolution(c, x)));
        }
        for (String kind : List.of("aten::conv_transpose1d", "aten::conv_transpose2d", "aten::conv_transpose3d")) {
            r.rule(kind, c -> batched(c, c.tensor("input"), x -> transposed(c, x)));
        }
        r.rule("aten::_convolution_mode", c -> batched(c, c.tensor("input"), x -> convolution(c, x)));
        r.rule("aten::conv_tbc", ConvolutionRules::timeFirst);
        for (String kind : List.of("aten::_convolution", "aten::convolution")) {
            r.rule(
                    kind,
                    c -> c.flag("transposed") ? transposed(c, c.tensor("input")) : convolution(c, c.tensor("input")));
        }
    }

    /** What is applied to inputs with a batch. */
    interface Batched {
        Named apply(Named x);
    }

    /** Inputs without a batch get one for as long as the operator works. */
    static Named batched(Call c, Named x, Batched operator) {
        return c.rank(x) == c.rank(c.tensor("weight"))
                ? operator.apply(x)
                : c.op("Squeeze", operator.apply(LayoutRules.unsqueeze(c, x, 0)), c.longs(0));
    }

    private static Named convolution(Call c, Named x) {
        int dims = c.rank(c.tensor("weight")) - 2;
        NodeWriter node = c.node("Conv", x, c.tensor("weight"), c.tensorOrNull("bias"));
        if (c.item("padding") instanceof Item.Known known && known.value() instanceof String text) {
            return named(c, node, text, dims).get();
        }
        return window(c, node, dims, c.integers("padding", dims)).get();
    }

    /** Padding {@code "same"} puts what is odd at the end. */
    private static NodeWriter named(Call c, NodeWriter node, String padding, int dims) {
        long[] begin = new long[dims];
        long[] end = new long[dims];
        if (padding.equals("same")) {
            List<@Nullable Long> kernel = c.tensor("weight").shape();
            for (int i = 0; i < dims; i++) {
                long total = c.integers("dilation", dims)[i] * (kernel.get(i + 2) - 1);
                begin[i] = total / 2;
                end[i] = total - total / 2;
            }
        }
        return window(c, node, dims).with("pads", joined(begin, end));
    }

    static NodeWriter window(Call c, NodeWriter node, int dims, long[] padding) {
        return window(c, node, dims).with("pads", joined(padding, padding));
    }

    private static NodeWriter window(Call c, NodeWriter node, int dims) {
        List<@Nullable Long> weight = c.tensor("weight").shape();
        if (!weight.subList(2, weight.size()).contains(null)) {
            node.with(
                    "kernel_shape",
                    weight.subList(2, weight.size()).stream()
                            .mapToLong(Long::longValue)
                            .toArray());
        }
        return node.with("strides", c.integers("stride", dims))
                .with("dilations", c.integers("dilation", dims))
                .with("group", c.integer("groups", 1));
    }

    static long[] joined(long[] begin, long[] end) {
        long[] both = Arrays.copyOf(begin, begin.length + end.length);
        System.arraycopy(end, 0, both, begin.length, end.length);
        return both;
    }

    /** Of sequences {@code (time, batch, channels)}, with weights {@code (width, in, out)}. */
    private static Named timeFirst(Call c) {
        Named x = LayoutRules.permute(c, c.tensor("self"), 1, 2, 0);
        Named weight = LayoutRules.permute(c, c.tensor("weight"), 2, 1, 0);
        long pad = c.integer("pad", 0);
        Named result = c.node("Conv", x, weight, c.tensor("bias"))
                .with("pads", pad, pad)
                .get();
        return LayoutRules.permute(c, result, 2, 0, 1);
    }

    private static Named transposed(Call c, Named x) {
        int dims = c.rank(c.tensor("weight")) - 2;
        NodeWriter node = c.node("ConvTranspose", x, c.tensor("weight"), c.tensorOrNull("bias"));
        return window(c, node, dims, c.integers("padding", dims))
                .with("output_padding", c.integers("output_padding", dims))
                .get();
    }
}
