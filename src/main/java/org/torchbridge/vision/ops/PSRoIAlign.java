package org.torchbridge.vision.ops;

import org.torchbridge.Tensor;
import org.torchbridge.nn.Size;
import org.torchbridge.vision.Ops;

/**
 * {@link RoIAlign} with channels of its own for each bin: (N, C · height · width, H, W) to (K, C, height, width). See
 * {@link Ops#psRoiAlign}.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.PSRoIAlign.html">PSRoIAlign</a>.
 */
public class PSRoIAlign extends RegionPool {
    private final long samplingRatio;

    public PSRoIAlign(Size outputSize, double spatialScale, long samplingRatio) {
        super(outputSize, spatialScale);
        this.samplingRatio = samplingRatio;
    }

    public long samplingRatio() {
        return samplingRatio;
    }

    @Override
    public Tensor forward(Tensor input, Tensor rois) {
        return Ops.psRoiAlign(input, rois, outputSize, spatialScale, samplingRatio);
    }

    @Override
    public String extraRepr() {
        return super.extraRepr() + ", sampling_ratio=" + samplingRatio;
    }
}
