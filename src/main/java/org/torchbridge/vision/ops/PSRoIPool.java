package org.torchbridge.vision.ops;

import org.torchbridge.Tensor;
import org.torchbridge.nn.Size;
import org.torchbridge.vision.Ops;

/**
 * Pools regions by the mean of the pixels, with channels of its own for each bin: (N, C · height · width, H, W) to
 * (K, C, height, width). See {@link Ops#psRoiPool}.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.PSRoIPool.html">PSRoIPool</a>.
 */
public class PSRoIPool extends RegionPool {

    public PSRoIPool(Size outputSize, double spatialScale) {
        super(outputSize, spatialScale);
    }

    @Override
    public Tensor forward(Tensor input, Tensor rois) {
        return Ops.psRoiPool(input, rois, outputSize, spatialScale);
    }
}
