package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** Images: padding, sampling at places, blocks of pixels, transposed convolution. */
final class ImageRules {
    private ImageRules() {}

    static void register(Registry r) {
        r.rule("Pad", 1, ImageRules::padByAttributes);
        r.rule("Pad", 11, ImageRules::pad);
        r.rule("GridSample", 16, ImageRules::gridSample);
        r.rule("AffineGrid", 20, ImageRules::affineGrid);
        r.rule("CenterCropPad", 18, ImageRules::centerCropPad);
        r.rule("DepthToSpace", 1, ImageRules::depthToSpace);
        r.rule("SpaceToDepth", 1, ImageRules::spaceToDepth);
        r.rule("Col2Im", 18, ImageRules::col2Im);
        r.rule("ConvTranspose", 1, ImageRules::convTranspose);
        r.rule("LpPool", 1, ImageRules::lpPool);
        r.rule("GlobalLpPool", 1, ImageRules::globalLpPool);
        r.rule("MaxUnpool", 9, ImageRules::maxUnpool);
        r.limit("Pad", "axes whose number is not known before a run");
        r.limit("GridSample", "cubic modes of volumes");
        for (String operator : List.of("ConvTranspose", "LpPool", "MaxUnpool")) {
            r.limit(operator, Padding.LIMIT);
        }
    }

    // ---- padding

    private static Value padByAttributes(OnnxNode node, Conversion c) {
        long[] pads = node.integers(node.hasAttribute("paddings") ? "paddings" : "pads");
        if (pads == null) {
            throw node.broken("has no pads");
        }
        double value = node.real("value", 0);
        return padded(node, c, node.tensor(0), Numbers.row(pads), null, number(node, value));
    }

    private static Value pad(OnnxNode node, Conversion c) {
        Numbers axes = node.has(3) ? node.numbers(3) : null;
        Object value = node.has(2) ? c.op("aten::item", node.tensor(2)) : number(node, 0);
        return padded(node, c, node.tensor(0), node.numbers(1), axes, value);
    }

    private static Object number(OnnxNode node, double value) {
        return node.isInteger(0) ? (Object) (long) value : value;
    }

    private static Value padded(
            OnnxNode node, Conversion c, Value x, Numbers pads, @Nullable Numbers axes, Object value) {
        String mode = node.oneOf("mode", "constant", "reflect", "edge", "wrap");
        int rank = node.knownRank(0);
        if (axes != null && !axes.hasElements()) {
            throw node.unsupported("axes of which not even the number is known");
        }
        List<Object> before = new ArrayList<>();
        List<Object> after = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            before.add(axes == null ? pads.get(c, axis) : padOf(c, axis, rank, axes, pads, 0));
            after.add(axes == null ? pads.get(c, axis + rank) : padOf(c, axis, rank, axes, pads, axes.size()));
        }
        if (mode.equals("constant")) {
            return constantPad(node, c, x, before, after, value);
        }
        for (int axis = 0; axis < rank; axis++) {
            if (!before.get(axis).equals(0L) || !after.get(axis).equals(0L)) {
                x = mirrored(node, c, x, axis, before.get(axis), after.get(axis), mode);
            }
        }
        return x;
    }

    /** The pad, from {@code first} on in the pads, of the one of the axes that is {@code axis}; 0 if none is. */
    private static Object padOf(Conversion c, long axis, long rank, Numbers axes, Numbers pads, int first) {
        Object pad = 0L;
        for (int i = 0; i < axes.size(); i++) {
            Object given = c.integer("remainder", axes.get(i), rank);
            if (given instanceof Value computed) {
                Object chosen = c.op("aten::Int", c.op("aten::eq", computed, axis));
                pad = c.integer("add", pad, c.integer("mul", chosen, pads.get(c, first + i)));
            } else if (given.equals(axis)) {
                pad = c.integer("add", pad, pads.get(c, first + i));
            }
        }
        return pad;
    }

    /** libtorch lists pads from the last dimension to the first. */
    private static Value constantPad(
            OnnxNode node, Conversion c, Value x, List<Object> before, List<Object> after, Object value) {
        List<Object> pads = new ArrayList<>();
        for (int axis = before.size() - 1; axis >= 0; axis--) {
            pads.add(before.get(axis));
            pads.add(after.get(axis));
        }
        while (pads.size() > 2
                && pads.get(pads.size() - 1).equals(0L)
                && pads.get(pads.size() - 2).equals(0L)) {
            pads.subList(pads.size() - 2, pads.size()).clear();
        }
        Value result = c.op("aten::constant_pad_nd", x, Numbers.row(pads), value);
        return c.known(result, Conversion.dtype(x), node.rank(0));
    }

    /** By the place in the input that each place of the output repeats; a negative pad takes elements away. */
    private static Value mirrored(
            OnnxNode node, Conversion c, Value x, int axis, Object before, Object after, String mode) {
        Object size = c.size(x, axis);
        Value places = c.op(
                "aten::arange",
                c.integer("sub", 0L, before),
                c.integer("add", size, after),
                1L,
                DType.INT64,
                null,
                c.device(),
                null);
        Value index =
                switch (mode) {
                    case "edge" -> c.op("aten::clamp", places, 0L, c.integer("sub", size, 1L));
                    case "wrap" -> c.op("aten::remainder", places, size);
                    default -> reflected(c, places, c.integer("sub", size, 1L));
                };
        return c.known(c.op("aten::index_select", x, (long) axis, index), Conversion.dtype(x), node.rank(0));
    }

    private static Value reflected(Conversion c, Value places, Object last) {
        Object period = c.integer("max", c.integer("mul", last, 2L), 1L);
        Value within = c.op("aten::remainder", places, period);
        return c.op("aten::minimum", within, c.op("aten::rsub", within, period));
    }

    private static Value centerCropPad(OnnxNode node, Conversion c) {
        long[] axes = node.integers("axes");
        Value x = node.tensor(0);
        Numbers target = node.numbers(1);
        int rank = node.knownRank(0);
        List<Object> before = new ArrayList<>(Collections.nCopies(rank, 0L));
        List<Object> after = new ArrayList<>(before);
        for (int i = 0; i < (axes == null ? rank : axes.length); i++) {
            int axis = axes == null ? i : (int) Math.floorMod(axes[i], (long) rank);
            Object missing = c.integer("sub", target.get(c, i), c.size(x, axis));
            // What is cut away is cut at the front first if it is odd, what is added is added at the end.
            Object half = c.integer("floordiv", c.integer("max", missing, 0L), 2L);
            Object cut = c.integer("floordiv", c.integer("max", c.integer("sub", 0L, missing), 0L), 2L);
            before.set(axis, c.integer("sub", half, cut));
            after.set(axis, c.integer("sub", missing, before.get(axis)));
        }
        return constantPad(node, c, x, before, after, number(node, 0));
    }

    // ---- sampling

    private static Value gridSample(OnnxNode node, Conversion c) {
        String mode = node.oneOf("mode", "linear", "bilinear", "nearest", "cubic", "bicubic");
        String padding = node.oneOf("padding_mode", "zeros", "border", "reflection");
        long how = mode.equals("nearest") ? 1 : mode.endsWith("cubic") ? 2 : 0;
        long outside = List.of("zeros", "border", "reflection").indexOf(padding);
        if (how == 2 && node.rank(0) > 4) {
            throw node.unsupported("mode " + mode + " of volumes");
        }
        boolean align = node.flag("align_corners", false);
        return c.op("aten::grid_sampler", node.tensor(0), node.tensor(1), how, outside, align);
    }

    private static Value affineGrid(OnnxNode node, Conversion c) {
        boolean align = node.flag("align_corners", false);
        return c.op("aten::affine_grid_generator", node.tensor(0), node.numbers(1), align);
    }

    // ---- blocks of pixels

    private static Value depthToSpace(OnnxNode node, Conversion c) {
        long block = node.integer("blocksize");
        Value x = node.tensor(0);
        if (node.oneOf("mode", "DCR", "CRD").equals("CRD")) {
            return c.op("aten::pixel_shuffle", x, block);
        }
        Object depth = c.integer("floordiv", c.size(x, 1), block * block);
        Value parts = c.op(
                "aten::reshape", x, c.list(List.of(c.size(x, 0), block, block, depth, c.size(x, 2), c.size(x, 3))));
        Value turned = c.op("aten::permute", parts, new long[] {0, 3, 4, 1, 5, 2});
        Object height = c.integer("mul", c.size(x, 2), block);
        Object width = c.integer("mul", c.size(x, 3), block);
        return c.op("aten::reshape", turned, c.list(List.of(c.size(x, 0), depth, height, width)));
    }

    private static Value spaceToDepth(OnnxNode node, Conversion c) {
        long block = node.integer("blocksize");
        boolean columns = node.oneOf("mode", "DCR", "CRD").equals("CRD");
        Value x = node.tensor(0);
        Object height = c.integer("floordiv", c.size(x, 2), block);
        Object width = c.integer("floordiv", c.size(x, 3), block);
        Value parts =
                c.op("aten::reshape", x, c.list(List.of(c.size(x, 0), c.size(x, 1), height, block, width, block)));
        Value turned =
                c.op("aten::permute", parts, columns ? new long[] {0, 1, 3, 5, 2, 4} : new long[] {0, 3, 5, 1, 2, 4});
        Object depth = c.integer("mul", c.size(x, 1), block * block);
        return c.op("aten::reshape", turned, c.list(List.of(c.size(x, 0), depth, height, width)));
    }

    /** Two spatial dimensions are libtorch's own; of others each block's columns are added one by one. */
    private static Value col2Im(OnnxNode node, Conversion c) {
        Numbers image = node.numbers(1);
        Numbers block = node.numbers(2);
        int dims = image.size();
        long[] strides = node.integers("strides", Padding.all(dims, 1));
        long[] dilations = node.integers("dilations", Padding.all(dims, 1));
        long[] pads = node.integers("pads", Padding.all(2 * dims, 0));
        Value x = node.tensor(0);
        if (dims == 2 && pads[0] == pads[2] && pads[1] == pads[3]) {
            return c.op("aten::col2im", x, image, block, dilations, new long[] {pads[0], pads[1]}, strides);
        }
        return new BlockSum(c, image, block, strides, dilations, pads).of(x);
    }

    // ---- convolution and pooling

    private static Value convTranspose(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        Value weight = node.weight(1, "weight");
        Value bias = node.weightOrNull(2, "bias");
        long group = node.integer("group", 1);
        List<Object> kernel = TransposedPadding.kernel(node, c, weight);
        if (kernel.isEmpty() || kernel.size() > 3) {
            throw node.unsupported(kernel.size() + " spatial dimensions");
        }
        TransposedPadding padding = TransposedPadding.of(node, c, x, kernel);
        String kind = "aten::conv_transpose" + kernel.size() + "d";
        Value full = c.op(
                kind,
                x,
                weight,
                bias,
                padding.strides(),
                padding.pads(),
                padding.outputPads(),
                group,
                padding.dilations());
        return padding.cut(c, full);
    }

    private static Value lpPool(OnnxNode node, Conversion c) {
        double p = node.integer("p", 2);
        long[] kernel = PoolingRules.kernel(node);
        boolean ceil = node.flag("ceil_mode", false);
        Value x = node.tensor(0);
        Padding padding = Padding.of(node, c, x, kernel);
        Value powers = c.op("aten::pow", c.op("aten::abs", x), p);
        Value sums = WindowSum.of(c, powers, padding, ceil, 0);
        return c.op("aten::pow", sums, 1 / p);
    }

    private static Value globalLpPool(OnnxNode node, Conversion c) {
        double p = node.integer("p", 2);
        return c.op("aten::norm", node.tensor(0), p, PoolingRules.spatial(node), true);
    }

    /** Puts elements where the indices, which count over the whole tensor, say they were. */
    private static Value maxUnpool(OnnxNode node, Conversion c) {
        long[] kernel = PoolingRules.kernel(node);
        long[] strides = node.integers("strides", Padding.all(kernel.length, 1));
        long[] pads = node.integers("pads", Padding.all(2 * kernel.length, 0));
        Value x = node.tensor(0);
        Value indices = node.tensor(1);
        List<Object> sizes = new ArrayList<>(List.of(c.size(x, 0), c.size(x, 1)));
        for (int i = 0; i < kernel.length; i++) {
            Object inner = c.integer("mul", c.integer("sub", c.size(x, i + 2), 1L), strides[i]);
            sizes.add(c.integer("add", inner, kernel[i] - pads[i] - pads[i + kernel.length]));
        }
        Value image = unpooled(c, x, indices, sizes);
        if (!node.has(2)) {
            return image;
        }
        List<Object> more = new ArrayList<>();
        for (int i = sizes.size() - 1; i >= 0; i--) {
            more.add(0L);
            more.add(c.integer("sub", node.numbers(2).get(c, i), sizes.get(i)));
        }
        return c.op("aten::constant_pad_nd", image, Numbers.row(more), number(node, 0));
    }

    private static Value unpooled(Conversion c, Value x, Value indices, List<Object> sizes) {
        Object count = c.integer("mul", sizes.toArray());
        Value zeros = c.op("aten::zeros", c.list(List.of(count)), Conversion.dtype(x), null, c.device());
        Value places = c.op("aten::flatten", indices, 0L, -1L);
        Value filled = c.op("aten::scatter", zeros, 0L, places, c.op("aten::flatten", x, 0L, -1L));
        return c.known(c.op("aten::reshape", filled, c.list(sizes)), Conversion.dtype(x), sizes.size());
    }
}
