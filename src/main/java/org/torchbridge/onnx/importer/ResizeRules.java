package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Value;

/**
 * Resizing, one dimension after the other: each output element lies at a coordinate of the input, and is the nearest element
 * or a weighted sum of neighbours there.
 */
final class ResizeRules {
    private ResizeRules() {}

    static void register(Registry r) {
        r.rule("Upsample", 1, ResizeRules::upsample);
        r.rule("Upsample", 9, ResizeRules::upsample);
        r.rule("Resize", 10, ResizeRules::upsample);
        r.rule("Resize", 11, ResizeRules::resize);
    }

    /** As before version 11: coordinates are those of the output divided by the scale. */
    private static Value upsample(OnnxNode node, Conversion c) {
        String mode = node.oneOf("mode", "nearest", "linear", "bilinear");
        List<Double> attribute = node.hasAttribute("height_scale")
                ? List.of(1.0, 1.0, node.real("height_scale"), node.real("width_scale"))
                : node.reals("scales");
        Value x = node.tensor(0);
        for (int axis = 0; axis < node.knownRank(0); axis++) {
            Object scale = attribute == null ? scale(node, c, 1, axis) : attribute.get(axis);
            if (!scale.equals(1.0)) {
                ResizedAxis resized =
                        new ResizedAxis(c, axis, c.size(x, axis), scaled(c, c.size(x, axis), scale), scale);
                x = mode.equals("nearest")
                        ? resized.nearest(x, resized.coordinates("asymmetric", null, null), "simple")
                        : resized.linear(x, resized.coordinates("asymmetric", null, null));
            }
        }
        return x;
    }

    private static Object scale(OnnxNode node, Conversion c, int input, int index) {
        Tensor known = node.constantOrNull(input);
        if (known != null) {
            if (index >= known.numel()) {
                throw node.broken("has " + known.numel() + " scales for a tensor of more dimensions");
            }
            return known.toDoubleArray()[index];
        }
        return c.op("aten::Float", c.op("aten::select", node.tensor(input), 0L, (long) index));
    }

    /** The size that an input of {@code size} elements has when it is scaled. */
    private static Object scaled(Conversion c, Object size, Object scale) {
        if (size instanceof Long known && scale instanceof Double factor) {
            return (long) Math.floor(known * (double) factor.floatValue() + 1e-9);
        }
        return c.op("aten::Int", c.op("aten::floor", c.op("aten::add", c.op("aten::mul", size, scale), 1e-6)));
    }

    private static Value resize(OnnxNode node, Conversion c) {
        String mode = node.oneOf("mode", "nearest", "linear", "cubic");
        String transformation = node.oneOf("coordinate_transformation_mode", ResizedAxis.COORDINATES);
        String rounding = node.oneOf("nearest_mode", ResizedAxis.ROUNDINGS);
        double cubic = node.real("cubic_coeff_a", -0.75);
        boolean exclude = node.flag("exclude_outside", false);
        double outside = node.real("extrapolation_value", 0);
        boolean antialias = node.flag("antialias", false);
        String policy = node.oneOf("keep_aspect_ratio_policy", "stretch", "not_larger", "not_smaller");
        Value x = node.tensor(0);
        int rank = node.knownRank(0);
        long[] axes = node.integers("axes", every(rank));
        boolean byScale = node.has(2) && !isEmpty(node, 2);
        boolean crops = transformation.equals("tf_crop_and_resize");
        if (!crops) {
            node.ignoreInput(1);
        }
        Value whole = x;
        List<Object> scales = byScale ? scales(node, c, axes) : aspect(node, c, x, axes, policy);
        Value inside = null;
        for (int i = 0; i < axes.length; i++) {
            long axis = axes[i] < 0 ? axes[i] + rank : axes[i];
            Object size = c.size(whole, axis);
            Object length = byScale ? scaled(c, size, scales.get(i)) : length(c, node, size, scales.get(i), i, policy);
            Object scale = byScale || !policy.equals("stretch") ? scales.get(i) : ratio(c, length, size);
            if (scale.equals(1.0) && !crops) {
                continue;
            }
            ResizedAxis resized = new ResizedAxis(c, axis, size, length, scale);
            Object from = crops ? scale(node, c, 1, i) : null;
            Object to = crops ? scale(node, c, 1, i + axes.length) : null;
            Value at = resized.coordinates(transformation, from, to);
            if (crops) {
                inside = resized.inside(at, rank, inside);
            }
            x = switch (mode) {
                case "nearest" -> resized.nearest(x, at, rounding);
                case "linear" -> antialias ? resized.filtered(x, at, false, cubic, exclude) : resized.linear(x, at);
                default -> antialias
                        ? resized.filtered(x, at, true, cubic, exclude)
                        : resized.cubic(x, at, cubic, exclude);
            };
        }
        return inside == null ? x : c.op("aten::masked_fill", x, c.op("aten::logical_not", inside), outside);
    }

    private static boolean isEmpty(OnnxNode node, int input) {
        List<@Nullable Long> shape = node.shape(input);
        return shape != null && shape.equals(List.of(0L));
    }

    private static long[] every(int rank) {
        long[] axes = new long[rank];
        Arrays.setAll(axes, i -> i);
        return axes;
    }

    private static List<Object> scales(OnnxNode node, Conversion c, long[] axes) {
        node.ignoreInput(3);
        List<Object> scales = new ArrayList<>();
        for (int i = 0; i < axes.length; i++) {
            scales.add(scale(node, c, 2, i));
        }
        return scales;
    }

    /** What sizes mean: themselves, or one scale for all so that nothing is larger, or smaller, than they say. */
    private static List<Object> aspect(OnnxNode node, Conversion c, Value x, long[] axes, String policy) {
        node.ignoreInput(2);
        List<Object> scales = new ArrayList<>();
        for (int i = 0; i < axes.length; i++) {
            scales.add(ratio(c, node.numbers(3).get(c, i), c.size(x, axes[i])));
        }
        if (policy.equals("stretch")) {
            return scales;
        }
        String choice = policy.equals("not_larger") ? "prim::min" : "prim::max";
        Object common = scales.get(0);
        for (Object scale : scales.subList(1, scales.size())) {
            common = common instanceof Double a && scale instanceof Double b
                    ? (Object) (choice.equals("prim::min") ? Math.min(a, b) : Math.max(a, b))
                    : c.op(choice, common, scale);
        }
        return new ArrayList<>(Collections.nCopies(axes.length, common));
    }

    private static Object ratio(Conversion c, Object length, Object size) {
        return length instanceof Long a && size instanceof Long b
                ? (Object) ((double) a / b)
                : c.op("aten::div", length, size);
    }

    private static Object length(Conversion c, OnnxNode node, Object size, Object scale, int index, String policy) {
        if (policy.equals("stretch")) {
            return node.numbers(3).get(c, index);
        }
        if (size instanceof Long known && scale instanceof Double factor) {
            return Math.round(known * factor);
        }
        return c.op("aten::Int", c.op("aten::floor", c.op("aten::add", c.op("aten::mul", size, scale), 0.5)));
    }
}
