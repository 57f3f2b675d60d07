package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** Pixels and channels that change places, and windows as columns. */
final class PixelRules {
    private PixelRules() {}

    static void register(Rules r) {
        r.rule("aten::pixel_shuffle", PixelRules::pixelShuffle);
        r.rule("aten::pixel_unshuffle", PixelRules::pixelUnshuffle);
        r.rule("aten::channel_shuffle", PixelRules::channelShuffle);
        r.rule("aten::unfold", PixelRules::unfold);
    }

    /** {@code (*, c * r * r, h, w)} to {@code (*, c, h * r, w * r)}. */
    private static Named pixelShuffle(Call c) {
        Named x = c.tensor("self");
        if (c.rank(x) != 4) {
            throw c.unsupported("is of images without a batch");
        }
        return c.node("DepthToSpace", x)
                .with("blocksize", c.integer("upscale_factor"))
                .with("mode", "CRD")
                .get();
    }

    private static Named pixelUnshuffle(Call c) {
        Named x = c.tensor("self");
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
