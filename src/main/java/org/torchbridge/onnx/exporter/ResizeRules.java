package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Upsample;
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
        r.rule("aten::_upsample_bilinear2d_aa", c -> smooth(c, Upsample.Mode.BILINEAR));
        r.rule("aten::_upsample_bicubic2d_aa", c -> smooth(c, Upsample.Mode.BICUBIC));
        r.rule("aten::pad", ResizeRules::pad);
        r.rule("aten::constant_pad_nd", c -> pad(c, "constant"));
        for (int dims = 1; dims <= 3; dims++) {
            r.rule("aten::reflection_pad" + dims + "d", c -> pad(c, "reflect"));
            r.rule("aten::replication_pad" + dims + "d", c -> pad(c, "replicate"));
        }
        r.rule("aten::grid_sampler", 16, ResizeRules::gridSample);
        r.rule("aten::grid_sampler_2d", 16, ResizeRules::gridSample);
        r.rule("aten::affine_grid_generator", ResizeRules::affineGrid);
        r.rule("aten::affine_grid_generator", 20, c -> c.node("AffineGrid", c.tensor("theta"), c.row("size"))
                .with("align_corners", c.flag("align_corners"))
                .get());
    }

    // ---- resize

    private static Named resize(Call c, String mode, int dims) {
        Named x = c.tensor(c.takes("self") ? "self" : "input");
        boolean nearest = mode.equals("nearest") || mode.equals("exact");
        Named sizes = c.has("output_size") ? sizes(c, x, dims) : null;
        Named scales = sizes == null ? c.constant(scales(c, x, dims, mode.equals("linear"))) : null;
        NodeWriter node = c.node("Resize", x, null, scales, sizes).with("mode", nearest ? "nearest" : mode);
        if (mode.equals("nearest")) {
            node.with("coordinate_transformation_mode", "asymmetric").with("nearest_mode", "floor");
        } else if (mode.equals("exact")) {
            node.with("coordinate_transformation_mode", "half_pixel").with("nearest_mode", "round_prefer_ceil");
        } else {
            boolean corners = c.flag("align_corners");
            node.with("coordinate_transformation_mode", corners ? "align_corners" : "half_pixel");
        }
        return (mode.equals("cubic") ? node.with("cubic_coeff_a", -0.75) : node).get();
    }

    private static Named sizes(Call c, Named x, int dims) {
        List<Item> sizes = new ArrayList<>();
        for (int i = 0; i < c.rank(x) - dims; i++) {
            sizes.add(c.size(x, i));
        }
        sizes.addAll(c.numbers("output_size"));
        return c.row(sizes);
    }

    /** Along a dimension whose size stays, linear interpolation is a copy in PyTorch, whatever the scale. */
    private static Tensor scales(Call c, Named x, int dims, boolean linear) {
        float[] scales = new float[dims + 2];
        Arrays.fill(scales, 1);
        List<Double> given = scales(c);
        for (int i = 0; i < dims; i++) {
            double scale = given.get(given.size() == 1 ? 0 : i);
            boolean stays = c.known(c.size(x, i + 2)) instanceof Long size && (long) (size * scale) == size;
            scales[i + 2] = linear && stays ? 1 : (float) scale;
        }
        return Torch.tensor(scales);
    }

    /** The factors that the call names. */
    private static List<Double> scales(Call c) {
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
        return given;
    }

    /**
     * ONNX's {@code antialias} counts pixels at the edges several times, PyTorch none that are not there. As each dimension
     * is weighed by itself, the result is a product with two matrices, of which libtorch tells the elements.
     */
    private static Named smooth(Call c, Upsample.Mode mode) {
        Named x = c.tensor(c.takes("self") ? "self" : "input");
        Named rows = c.constant(weights(c, x, 0, mode));
        Named columns = c.constant(weights(c, x, 1, mode).t().contiguous());
        return c.op("MatMul", c.node("MatMul", rows, x).get(), columns);
    }

    /** What a dimension's new pixels have of the old ones, {@code (new, old)}. */
    private static Tensor weights(Call c, Named x, int dim, Upsample.Mode mode) {
        if (!(c.known(c.size(x, dim + 2)) instanceof Long size)) {
            throw c.unsupported("smooths an open size");
        }
        List<Double> scales = scales(c);
        Upsample.Options options = Upsample.options().mode(mode).antialias(true).alignCorners(c.flag("align_corners"));
        Tensor pixels =
                Torch.eye(size, TensorOptions.of(c.dtype(x))).unsqueeze(0).unsqueeze(0);
        return Functional.interpolate(
                        pixels,
                        scales.isEmpty()
                                ? options.size(c.integers("output_size", 2)[dim], size)
                                : options.scaleFactor(scales.get(dim), 1))
                .squeeze(0)
                .squeeze(0);
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
        Named result = x;
        for (int dim = 0; dim < x.rank(); dim++) {
            if (!(c.known(pads.get(dim)) instanceof Long before
                    && c.known(pads.get(dim + x.rank())) instanceof Long after)) {
                throw c.unsupported("wraps by computed sizes");
            }
            result = wrapped(c, result.ofRank(x.rank()), dim, before, after);
        }
        return result;
    }

    /** Negative pads cut off first. */
    private static Named wrapped(Call c, Named x, int dim, long before, long after) {
        boolean cut = before < 0 || after < 0;
        Item end = after < 0 ? Item.of(after) : Item.NONE;
        Named middle = cut ? PartRules.slice(c, x, dim, Item.of(Math.max(0, -before)), end, 1) : x;
        List<@Nullable Named> parts = new ArrayList<>();
        if (before > 0) {
            parts.add(PartRules.slice(c, middle, dim, Item.of(-before), Item.NONE, 1));
        }
        parts.add(middle);
        if (after > 0) {
            parts.add(PartRules.slice(c, middle, dim, Item.of(0L), Item.of(after), 1));
        }
        return parts.size() == 1
                ? middle
                : c.node("Concat", parts).with("axis", dim).get();
    }

    // ---- grids

    /** The places of an image's pixels, with 1 behind each, times {@code theta} of each image. */
    private static Named affineGrid(Call c) {
        Named theta = c.tensor("theta");
        List<Item> size = c.numbers("size");
        int dims = size.size() - 2;
        long[] one = new long[dims + 2];
        one[0] = 1;
        for (int i = 1; i < one.length; i++) {
            if (!(c.known(size.get(i)) instanceof Long known)) {
                throw c.unsupported("is for sizes that only the run tells, which needs opset 20");
            }
            one[i] = known;
        }
        TensorOptions options = TensorOptions.of(c.dtype(theta));
        Tensor identity = Torch.eye(dims, dims + 1, options).unsqueeze(0);
        Tensor places = Torch.affineGridGenerator(identity, one, c.flag("align_corners"))
                .reshape(-1, dims);
        Tensor rows = Torch.cat(List.of(places, Torch.ones(new long[] {places.size(0), 1}, options)), 1);
        Named grid = c.op("MatMul", c.constant(rows), LayoutRules.permute(c, theta, 0, 2, 1));
        List<Item> shape = new ArrayList<>(List.of(size.get(0)));
        shape.addAll(size.subList(2, size.size()));
        shape.add(Item.of((long) dims));
        return c.op("Reshape", grid, c.row(shape));
    }

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
