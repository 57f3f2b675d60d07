package org.torchbridge.onnx.exporter;

import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Named;

/** torchvision's operators on boxes and regions. */
final class VisionRules {
    private VisionRules() {}

    static void register(Rules r) {
        r.rule("torchvision::nms", VisionRules::nonMaximumSuppression);
        r.rule("torchvision::roi_align", VisionRules::roiAlign);
        r.rule("torchvision::roi_align", 16, VisionRules::alignedRoiAlign);
        r.many("torchvision::roi_pool", c -> List.of(roiPool(c), Item.NONE));
    }

    /** The third column of what ONNX gives, which are triples of image, class and box. */
    private static Named nonMaximumSuppression(Call c) {
        Named boxes = LayoutRules.unsqueeze(c, c.cast(c.item("dets"), DType.FLOAT32), 0);
        Named scores = c.op("Unsqueeze", c.cast(c.item("scores"), DType.FLOAT32), c.longs(0, 1));
        Named most = c.row(List.of(c.size(c.tensor("dets"), 0)));
        Named threshold = c.op("Reshape", c.cast(c.item("iou_threshold"), DType.FLOAT32), c.longs(1));
        Named triples = c.node("NonMaxSuppression", boxes, scores, most, threshold)
                .as(DType.INT64)
                .get();
        return c.node("Gather", triples, c.scalar(2L)).with("axis", 1).get().ofRank(1);
    }

    private static Named roiAlign(Call c) {
        if (c.flag("aligned")) {
            throw c.unsupported("aligns half pixels, which needs opset 16");
        }
        return align(c).get();
    }

    private static Named alignedRoiAlign(Call c) {
        String mode = c.flag("aligned") ? "half_pixel" : "output_half_pixel";
        return align(c).with("coordinate_transformation_mode", mode).get();
    }

    private static NodeWriter align(Call c) {
        Named rois = c.tensor("rois");
        long samples = c.integer("sampling_ratio");
        return c.node("RoiAlign", c.tensor("input"), boxes(c, rois), images(c, rois))
                .with("output_height", c.integer("pooled_height"))
                .with("output_width", c.integer("pooled_width"))
                .with("sampling_ratio", Math.max(samples, 0))
                .with("spatial_scale", c.real("spatial_scale"));
    }

    private static Named boxes(Call c, Named rois) {
        return PartRules.slice(c, rois, 1, Item.of(1L), Item.of(5L), 1);
    }

    /** The first column: which image a box is of. */
    private static Named images(Call c, Named rois) {
        Named column = c.node("Gather", rois, c.scalar(0L)).with("axis", 1).get();
        return c.cast(column.ofRank(1), DType.INT64);
    }

    private static Item roiPool(Call c) {
        if (c.output(1).isUsed()) {
            throw c.unsupported("gives the places of the maxima");
        }
        return c.node("MaxRoiPool", c.tensor("input"), c.tensor("rois"))
                .with("pooled_shape", c.integer("pooled_height"), c.integer("pooled_width"))
                .with("spatial_scale", c.real("spatial_scale"))
                .get();
    }
}
