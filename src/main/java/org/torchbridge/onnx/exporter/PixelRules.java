package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** Pixels and channels that change places, and windows as columns. */
final class PixelRules {
    private PixelRules() {}

    static void register(Rules r) {
        r.rule("aten::pixel_shuffle", PixelRules::pixelShuffle);
        r.rule("aten::pixel_unshuffle", c -> batched(c, x -> pixelUnshuffle(c, x)));
        r.rule("aten::channel_shuffle", PixelRules::channelShuffle);
        r.rule("aten::native_channel_shuffle", PixelRules::channelShuffle);
        r.rule("aten::im2col", c -> batched(c, x -> columns(c, x)));
        r.rule("aten::col2im", PixelRules::image);
        r.rule(
                "aten::col2im",
                18,
                c -> imageColumns(c, x -> c.node("Col2Im", x, c.row("output_size"), c.row("kernel_size"))
                        .with("dilations", c.integers("dilation", 2))
                        .with("pads", ConvolutionRules.joined(c.integers("padding", 2), c.integers("padding", 2)))
                        .with("strides", c.integers("stride", 2))
                        .get()));
        r.rule("aten::unfold", PixelRules::unfold);
    }

    /** {@code (*, c * r * r, h, w)} to {@code (*, c, h * r, w * r)}. */
    private static Named pixelShuffle(Call c) {
        return batched(c, x -> c.node("DepthToSpace", x)
                .with("blocksize", c.integer("upscale_factor"))
                .with("mode", "CRD")
                .get());
    }

    /** Images without a batch get one for as long as the operator works. */
    private static Named batched(Call c, UnaryOperator<Named> operator) {
        Named x = c.tensor("self");
        if (c.rank(x) == 4) {
            return operator.apply(x);
        } else if (c.rank(x) != 3) {
            throw c.unsupported("is of images with " + c.rank(x) + " dimensions; 3 or 4 are expected");
        }
        return c.op("Squeeze", operator.apply(LayoutRules.unsqueeze(c, x, 0)), c.longs(0));
    }

    private static Named pixelUnshuffle(Call c, Named x) {
        long r = c.integer("downscale_factor");
        Named split = c.op(
                        "Reshape",
                        x,
                        c.row(List.of(
                                c.size(x, 0),
                                c.size(x, 1),
                                quotient(c, c.size(x, 2), r),
                                Item.of(r),
                                quotient(c, c.size(x, 3), r),
                                Item.of(r))))
                .ofRank(6);
        Named ordered = LayoutRules.permute(c, split, 0, 1, 3, 5, 2, 4);
        return c.op(
                "Reshape",
                ordered,
                c.row(List.of(c.size(x, 0), Item.of(-1L), quotient(c, c.size(x, 2), r), quotient(c, c.size(x, 3), r))));
    }

    private static Item quotient(Call c, Item size, long divisor) {
        return size instanceof Known known
                ? Item.of((Long) known.value() / divisor)
                : NumberRules.arithmetic(c, "Div", size, Item.of(divisor));
    }

    private static Named channelShuffle(Call c) {
        Named x = c.tensor("self");
        long groups = c.integer("groups");
        List<Item> split = new ArrayList<>(List.of(c.size(x, 0), Item.of(groups), Item.of(-1L)));
        List<Item> whole = new ArrayList<>(List.of(c.size(x, 0), Item.of(-1L)));
        for (int i = 2; i < c.rank(x); i++) {
            split.add(c.size(x, i));
            whole.add(c.size(x, i));
        }
        long[] order = LongStream.range(0, split.size()).toArray();
        order[1] = 2;
        order[2] = 1;
        Named parts = c.op("Reshape", x, c.row(split)).ofRank(split.size());
        return c.op("Reshape", LayoutRules.permute(c, parts, order), c.row(whole));
    }

    // ---- windows

    /** Windows {@code (n, c, h, w)} as columns {@code (n, c * kh * kw, places)}: picked along each dimension by their places. */
    private static Named columns(Call c, Named x) {
        long[] padding = c.integers("padding", 2);
        Named padded = c.op("Pad", x, c.longs(0, 0, padding[0], padding[1], 0, 0, padding[0], padding[1]));
        Named rows = c.node("Gather", padded, places(c, x, 0)).with("axis", 2).get();
        Named windows = c.node("Gather", rows, places(c, x, 1)).with("axis", 4).get();
        Named ordered = LayoutRules.permute(c, windows, 0, 1, 2, 4, 3, 5);
        long[] kernel = c.integers("kernel_size", 2);
        Item channels = NumberRules.times(c, c.size(x, 1), Item.of(kernel[0] * kernel[1]));
        return c.op("Reshape", ordered, c.row(List.of(Item.of(0L), channels, Item.of(-1L))))
                .ofRank(3);
    }

    /** Where the elements of windows are along a dimension: {@code (kernel, windows)}. */
    private static Named places(Call c, Named x, int dim) {
        long reach = c.integers("dilation", 2)[dim] * (c.integers("kernel_size", 2)[dim] - 1);
        Item last = NumberRules.plus(c, c.size(x, dim + 2), 2 * c.integers("padding", 2)[dim] - reach);
        Named starts = c.op("Range", c.scalar(0L), c.named(last), c.scalar(c.integers("stride", 2)[dim]))
                .ofRank(1);
        Named steps = c.constant(
                Torch.arange(0, reach + 1, c.integers("dilation", 2)[dim]).reshape(-1, 1));
        return c.op("Add", starts, steps);
    }

    /** Columns without a batch get one for as long as the operator works. */
    private static Named imageColumns(Call c, UnaryOperator<Named> operator) {
        Named x = c.tensor("self");
        return c.rank(x) == 3
                ? operator.apply(x)
                : c.op("Squeeze", operator.apply(LayoutRules.unsqueeze(c, x, 0)), c.longs(0));
    }

    /** Sums of columns where windows meet: a transposed convolution by kernels of which each has one 1. */
    private static Named image(Call c) {
        return imageColumns(c, x -> image(c, x));
    }

    private static Named image(Call c, Named x) {
        long[] kernel = c.integers("kernel_size", 2);
        long[] size = c.integers("output_size", 2);
        long[] padding = c.integers("padding", 2);
        long[] stride = c.integers("stride", 2);
        long[] dilation = c.integers("dilation", 2);
        if (!(c.size(x, 1) instanceof Known rows)) {
            throw c.unsupported("has a number of channels that only the run tells, which needs opset 18");
        }
        long[] windows = new long[2];
        long[] rest = new long[2];
        for (int i = 0; i < 2; i++) {
            long room = size[i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1;
            windows[i] = room / stride[i] + 1;
            rest[i] = room % stride[i];
        }
        long area = kernel[0] * kernel[1];
        long channels = (Long) rows.value() / area;
        Named weight = c.constant(Torch.eye(area, TensorOptions.of(c.dtype(x)))
                .reshape(area, 1, kernel[0], kernel[1])
                .repeat(channels, 1, 1, 1));
        return c.node("ConvTranspose", c.op("Reshape", x, c.longs(0, 0, windows[0], windows[1])), weight)
                .with("kernel_shape", kernel)
                .with("group", channels)
                .with("strides", stride)
                .with("dilations", dilation)
                .with("pads", ConvolutionRules.joined(padding, padding))
                .with("output_padding", rest)
                .get();
    }

    /** Windows along a dimension, as a last dimension. */
    private static Named unfold(Call c) {
        Named x = c.tensor("self");
        String name = c.takes("dimension") ? "dimension" : "dim";
        int dim = c.dim(name, x);
        long size = c.integer("size");
        long step = c.integer("step");
        if (!(c.size(x, dim) instanceof Known known)) {
            throw c.unsupported("takes windows of an open size");
        }
        List<Named> windows = new ArrayList<>();
        long[] order = LongStream.range(0, x.rank() + 1).toArray();
        for (long from = 0; from + size <= (Long) known.value(); from += step) {
            Named window = PartRules.slice(c, x, dim, Item.of(from), Item.of(from + size), 1);
            windows.add(LayoutRules.unsqueeze(c, window, dim));
        }
        Named all = windows.size() == 1
                ? windows.get(0)
                : c.node("Concat", List.copyOf(windows)).with("axis", dim).get();
        for (int i = dim + 1; i < order.length - 1; i++) {
            order[i] = i + 1;
        }
        order[order.length - 1] = dim + 1;
        return LayoutRules.permute(c, all.ofRank(order.length), order);
    }
}
