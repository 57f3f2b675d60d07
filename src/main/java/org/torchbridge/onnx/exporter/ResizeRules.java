package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** Images in other sizes: resizing, padding, sampling along a grid. */
final class ResizeRules {
    private ResizeRules() {}

    static void register(Rules r) {
        for (int dims = 1; dims <= 3; dims++) {
            int count = dims;
            r.rule("aten::upsample_nearest" + dims + "d", c -> resize(c, "nearest", count));
            r.rule("aten::_upsample_nearest_exact" + dims + "d", c -> resize(c, "exact", count));
        }
        r.rule("aten::upsample_linear1d", c -> resize(c, "linear", 1));
        r.rule("aten::upsample_bilinear2d", c -> resize(c, "linear", 2));
        r.rule("aten::upsample_trilinear3d", c -> resize(c, "linear", 3));
        r.rule("aten::upsample_bicubic2d", c -> resize(c, "cubic", 2));
        r.rule("aten::_upsample_bilinear2d_aa", 18, c -> resize(c, "linear", 2));
        r.rule("aten::_upsample_bicubic2d_aa", 18, c -> resize(c, "cubic", 2));
        r.rule("aten::pad", ResizeRules::pad);
        r.rule("aten::constant_pad_nd", c -> pad(c, "constant"));
        for (int dims = 1; dims <= 3; dims++) {
            r.rule("aten::reflection_pad" + dims + "d", c -> pad(c, "reflect"));
            r.rule("aten::replication_pad" + dims + "d", c -> pad(c, "replicate"));
        }
        r.rule("aten::grid_sampler", 16, ResizeRules::gridSample);
        r.rule("aten::grid_sampler_2d", 16, ResizeRules::gridSample);
        r.rule("aten::affine_grid_generator", 20, c -> c.node("AffineGrid", c.tensor("theta"), c.row("size"))
                .with("align_corners", c.flag("align_corners"))
                .get());
    }

    // ---- resize

    private static Named resize(Call c, String mode, int dims) {
        Named x = c.tensor(c.takes("self") ? "self" : "input");
        boolean nearest = mode.equals("nearest") || mode.equals("exact");
        Named sizes = c.has("output_size") ? sizes(c, x, dims) : null;
        Named scales = sizes == null ? c.constant(scales(c, dims)) : null;
        NodeWriter node = c.node("Resize", x, null, scales, sizes).with("mode", nearest ? "nearest" : mode);
        if (mode.equals("nearest")) {
            node.with("coordinate_transformation_mode", "asymmetric").with("nearest_mode", "floor");
        } else if (mode.equals("exact")) {
            node.with("coordinate_transformation_mode", "half_pixel").with("nearest_mode", "round_prefer_ceil");
        } else {
            boolean corners = c.flag("align_corners");
            node.with("coordinate_transformation_mode", corners ? "align_corners" : "half_pixel");
        }
        if (mode.equals("cubic")) {
            node.with("cubic_coeff_a", -0.75);
        }
        return (c.kind().endsWith("_aa") ? node.with("antialias", 1).with("cubic_coeff_a", -0.5) : node).get();
    }

    private static Named sizes(Call c, Named x, int dims) {
        List<Item> sizes = new ArrayList<>();
        for (int i = 0; i < c.rank(x) - dims; i++) {
            sizes.add(c.size(x, i));
        }
        sizes.addAll(c.numbers("output_size"));
        return c.row(sizes);
    }

    private static Tensor scales(Call c, int dims) {
        float[] scales = new float[dims + 2];
        Arrays.fill(scales, 1);
        List<Double> given = new ArrayList<>();
        if (c.has("scale_factors")) {
            c.numbers("scale_factors").forEach(scale -> given.add(((Number) c.known(scale)).doubleValue()));
        } else {
            List.of("scales_d", "scales_h", "scales_w", "scales").forEach(name -> {
                if (c.has(name)) {
                    given.add(c.real(name));
                }
            });
        }
        for (int i = 0; i < dims; i++) {
            scales[i + 2] = given.get(given.size() == 1 ? 0 : i).floatValue();
        }
        return Torch.tensor(scales);
    }

    // ---- pad

    private static Named pad(Call c) {
        return pad(c, c.has("mode") ? c.text("mode") : "constant");
    }

    /** PyTorch gives pairs from the last dimension on; ONNX wants all beginnings, then all ends. */
    private static Named pad(Call c, String mode) {
        Named x = c.tensor("self");
        List<Item> pairs = c.numbers(c.takes("pad") ? "pad" : "padding");
        int rank = c.rank(x);
        List<Item> pads = new ArrayList<>(Collections.nCopies(2 * rank, Item.of(0L)));
        for (int i = 0; i < pairs.size() / 2; i++) {
            pads.set(rank - 1 - i, pairs.get(2 * i));
            pads.set(2 * rank - 1 - i, pairs.get(2 * i + 1));
        }
        return switch (mode) {
            case "constant" -> c.op("Pad", x, c.row(pads), c.cast(value(c), c.dtype(x)));
            case "reflect" -> c.node("Pad", x, c.row(pads))
                    .with("mode", "reflect")
                    .get();
            case "replicate" -> c.node("Pad", x, c.row(pads))
                    .with("mode", "edge")
                    .get();
            default -> wrapped(c, x, pads);
        };
    }

    private static Item value(Call c) {
        return c.has("value") ? c.item("value") : Item.of(0.0);
    }

    private static Named wrapped(Call c, Named x, List<Item> pads) {
        if (c.opset() >= 19) {
            return c.node("Pad", x, c.row(pads)).with("mode", "wrap").get();
        }
        Named result = x;
        for (int dim = 0; dim < x.rank(); dim++) {
            result = wrapped(c, result.ofRank(x.rank()), dim, pads.get(dim), pads.get(dim + x.rank()));
        }
        return result;
    }

    /** What is cut off, where a pad is negative, is left to later versions. */
    private static Named wrapped(Call c, Named x, int dim, Item before, Item after) {
        if (!(before instanceof Known first && after instanceof Known second)
                || (Long) first.value() < 0
                || (Long) second.value() < 0) {
            throw c.unsupported("wraps by negative or computed sizes, which needs opset 19");
        }
        List<@Nullable Named> parts = new ArrayList<>();
        if ((Long) first.value() > 0) {
            parts.add(PartRules.slice(c, x, dim, Item.of(-(Long) first.value()), Item.NONE, 1));
        }
        parts.add(x);
        if ((Long) second.value() > 0) {
            parts.add(PartRules.slice(c, x, dim, Item.of(0L), after, 1));
        }
        return parts.size() == 1 ? x : c.node("Concat", parts).with("axis", dim).get();
    }

    // ---- grids

    private static Named gridSample(Call c) {
        String[] modes = c.opset() >= 20
                ? new String[] {"linear", "nearest", "cubic"}
                : new String[] {"bilinear", "nearest", "bicubic"};
        String[] paddings = {"zeros", "border", "reflection"};
        return c.node("GridSample", c.tensor("input"), c.tensor("grid"))
                .with("mode", modes[(int) c.integer("interpolation_mode")])
                .with("padding_mode", paddings[(int) c.integer("padding_mode")])
                .with("align_corners", c.flag("align_corners"))
                .get();
    }
}
