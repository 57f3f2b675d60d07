package org.torchbridge.onnx.importer;

import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Boxes: choosing among them and pooling what lies in them, with torchvision's operators. */
final class RoiRules {
    private RoiRules() {}

    static void register(Registry r) {
        r.rule("NonMaxSuppression", 10, RoiRules::nonMaxSuppression);
        r.rule("RoiAlign", 10, (node, c) -> roiAlign(node, c, "output_half_pixel"));
        r.rule("RoiAlign", 16, (node, c) -> roiAlign(node, c, c.isByPyTorch() ? "output_half_pixel" : "half_pixel"));
        r.rule("MaxRoiPool", 1, RoiRules::maxRoiPool);
        r.rule("DeformConv", 19, RoiRules::deformConv).limit("DeformConv", "other than two spatial dimensions");
    }

    /** Rows of the batch entry, the class and the box, for each box that is kept. */
    private static Value nonMaxSuppression(OnnxNode node, Conversion c) {
        boolean centred = node.flag("center_point_box", false);
        Value boxes = node.tensor(0);
        Value scores = node.tensor(1);
        Object most = node.has(2) ? node.number(2) : 0L;
        Object overlap = node.has(3) ? c.op("aten::Float", node.tensor(3)) : (Object) 0.0;
        Value threshold = node.tensorOrNull(4);
        Value corners = centred ? corners(c, boxes) : boxes;
        Object classes = c.size(scores, 1);
        Object turns = c.integer("mul", c.size(scores, 0), classes);
        Value none = c.op("aten::zeros", new long[] {0, 3}, DType.INT64, null, c.device());
        List<Value> rows = c.loop(turns, true, List.of(c.list(Type.TENSOR, List.of(none))), turn -> {
            Object batch = c.op("aten::floordiv", turn.get(0), classes);
            Object type = c.op("aten::remainder", turn.get(0), classes);
            Value own = c.op("aten::select", c.op("aten::select", scores, 0L, batch), 0L, type);
            Value kept = kept(c, c.op("aten::select", corners, 0L, batch), own, threshold, overlap, most);
            Value columns = c.op(
                    "aten::stack",
                    c.list(List.of(c.op("aten::full_like", kept, batch), c.op("aten::full_like", kept, type), kept)),
                    1L);
            return List.of(c.constant(true), c.op("aten::add", turn.get(1), c.list(Type.TENSOR, List.of(columns))));
        });
        return c.known(c.op("aten::cat", rows.get(0), 0L), DType.INT64, 2);
    }

    private static Value corners(Conversion c, Value boxes) {
        Value centre = c.op("aten::slice", boxes, -1L, 0L, 2L, 1L);
        Value half = c.op("aten::div", c.op("aten::slice", boxes, -1L, 2L, 4L, 1L), 2.0);
        return c.op(
                "aten::cat", c.list(List.of(c.op("aten::sub", centre, half), c.op("aten::add", centre, half))), -1L);
    }

    /** The boxes of one class that are kept, the best first; any two opposite corners make a box. */
    private static Value kept(Conversion c, Value boxes, Value scores, Value threshold, Object overlap, Object most) {
        Value first = c.op("aten::slice", boxes, 1L, 0L, 2L, 1L);
        Value second = c.op("aten::slice", boxes, 1L, 2L, 4L, 1L);
        Value ordered = c.op(
                "aten::cat",
                c.list(List.of(c.op("aten::minimum", first, second), c.op("aten::maximum", first, second))),
                1L);
        Value candidates = threshold == null
                ? c.op("aten::arange", 0L, c.size(scores, 0), 1L, DType.INT64, null, c.device(), null)
                : c.op("aten::flatten", c.op("aten::nonzero", c.op("aten::gt", scores, threshold)), 0L, -1L);
        Value best = c.op(
                "torchvision::nms",
                c.op("aten::index_select", ordered, 0L, candidates),
                c.op("aten::index_select", scores, 0L, candidates),
                overlap);
        return c.op("aten::index_select", candidates, 0L, c.op("aten::slice", best, 0L, 0L, most, 1L));
    }

    /**
     * Version 16 shifts the boxes by half a pixel where a model says nothing; version 10 did not, and a PyTorch exporter that
     * says nothing writes version 16 as if it were 10.
     */
    private static Value roiAlign(OnnxNode node, Conversion c, String usual) {
        String coordinates = node.oneOf("coordinate_transformation_mode", usual, "half_pixel", "output_half_pixel");
        boolean aligned = coordinates.equals("half_pixel");
        boolean largest = node.oneOf("mode", "avg", "max").equals("max");
        long height = node.integer("output_height", 1);
        long width = node.integer("output_width", 1);
        long ratio = node.integer("sampling_ratio", 0);
        double scale = node.real("spatial_scale", 1);
        Value x = node.tensor(0);
        Value boxes = node.tensor(1);
        Value images = node.tensor(2);
        Value result = largest
                ? new RoiMax(c, x, height, width, ratio, scale, aligned).of(boxes, images)
                : c.op("torchvision::roi_align", x, rois(c, boxes, images), scale, height, width, ratio, aligned);
        return c.known(result, node.dtype(0), 4);
    }

    /** torchvision wants the number of its image before each box. */
    private static Value rois(Conversion c, Value boxes, Value images) {
        Value numbers = c.op("aten::unsqueeze", c.op("aten::type_as", images, boxes), 1L);
        return c.op("aten::cat", c.list(List.of(numbers, boxes)), 1L);
    }

    private static Value maxRoiPool(OnnxNode node, Conversion c) {
        long[] shape = node.integers("pooled_shape");
        if (shape == null || shape.length != 2) {
            throw node.broken("has no pooled_shape of two sizes");
        }
        double scale = node.real("spatial_scale", 1);
        List<Value> both = c.ops("torchvision::roi_pool", node.tensor(0), node.tensor(1), scale, shape[0], shape[1]);
        return c.known(both.get(0), node.dtype(0), 4);
    }

    /** Convolution whose kernel takes its elements from places that the offsets name. */
    private static Value deformConv(OnnxNode node, Conversion c) {
        long groups = node.integer("group", 1);
        long offsetGroups = node.integer("offset_group", 1);
        Value x = node.tensor(0);
        Value weight = node.weight(1, "weight");
        Value offset = node.tensor(2);
        Value bias = node.weightOrNull(3, "bias");
        Value mask = node.tensorOrNull(4);
        Padding padding = Padding.of(node, c, x, ConvolutionRules.kernel(node, 1));
        Value padded = padding.isZero() ? x : padding.apply(c, x, 0.0);
        long[] strides = padding.strides();
        long[] dilations = padding.dilations();
        if (strides.length != 2) {
            throw node.unsupported(strides.length + " spatial dimensions");
        }
        Value none = c.op("aten::new_zeros", x, c.list(List.of(c.size(x, 0), 1L)));
        Value result = c.op(
                "torchvision::deform_conv2d",
                padded,
                weight,
                offset,
                mask == null ? none : mask,
                bias == null ? c.op("aten::new_zeros", weight, c.list(List.of(c.size(weight, 0)))) : bias,
                strides[0],
                strides[1],
                0L,
                0L,
                dilations[0],
                dilations[1],
                groups,
                offsetGroups,
                mask != null);
        return c.known(result, node.dtype(0), 4);
    }
}
