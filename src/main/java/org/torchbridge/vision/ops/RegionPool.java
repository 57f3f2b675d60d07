package org.torchbridge.vision.ops;

import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.internal.PythonNumber;
import org.torchbridge.nn.PairLayer;
import org.torchbridge.nn.Size;
import org.torchbridge.vision.Ops;

/**
 * Pools regions of images to one size. Inputs are images (N, C, H, W) and regions (K, 5), the number of an image and a box
 * each, or a list with the boxes (L, 4) of each image.
 */
public abstract class RegionPool extends PairLayer {
    final Size outputSize;
    final double spatialScale;

    RegionPool(Size outputSize, double spatialScale) {
        this.outputSize = outputSize;
        this.spatialScale = spatialScale;
    }

    /** The height and the width of the output. */
    public Size outputSize() {
        return outputSize;
    }

    /** What a region's coordinates are multiplied by. */
    public double spatialScale() {
        return spatialScale;
    }

    /** Runs {@link #forward} with the boxes of each image, and hooks around it. */
    public final Tensor call(Tensor input, List<Tensor> boxes) {
        return call(input, Ops.rois(boxes));
    }

    @Override
    public String extraRepr() {
        return "output_size=" + outputSize + ", spatial_scale=" + PythonNumber.repr(spatialScale);
    }
}
