package org.torchbridge.vision.ops;

import org.torchbridge.Tensor;
import org.torchbridge.nn.Size;
import org.torchbridge.vision.Ops;

/**
 * Pools regions by the largest pixel: (N, C, H, W) to (K, C, *outputSize). See {@link Ops#roiPool}.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.RoIPool.html">RoIPool</a>.
 */
public class RoIPool extends RegionPool {

    public RoIPool(Size outputSize, double spatialScale) {
        super(outputSize, spatialScale);
    }

    @Override
    public Tensor forward(Tensor input, Tensor rois) {
        return Ops.roiPool(input, rois, outputSize, spatialScale);
    }
}
