package org.torchbridge.vision.ops;

import org.torchbridge.Tensor;
import org.torchbridge.nn.Size;
import org.torchbridge.vision.Ops;

/**
 * Pools regions by the mean of points between the pixels: (N, C, H, W) to (K, C, *outputSize). See {@link Ops#roiAlign}.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.RoIAlign.html">RoIAlign</a>.
 */
public class RoIAlign extends RegionPool {
    private final long samplingRatio;
    private final boolean aligned;

    /** Not aligned. */
    public RoIAlign(Size outputSize, double spatialScale, long samplingRatio) {
        this(outputSize, spatialScale, samplingRatio, false);
    }

    public RoIAlign(Size outputSize, double spatialScale, long samplingRatio, boolean aligned) {
        super(outputSize, spatialScale);
        this.samplingRatio = samplingRatio;
        this.aligned = aligned;
    }

    public long samplingRatio() {
        return samplingRatio;
    }

    public boolean isAligned() {
        return aligned;
    }

    @Override
    public Tensor forward(Tensor input, Tensor rois) {
        return Ops.roiAlign(input, rois, outputSize, new Ops.RoiAlignOptions(spatialScale, samplingRatio, aligned));
    }

    @Override
    public String extraRepr() {
        return super.extraRepr() + ", sampling_ratio=" + samplingRatio + ", aligned=" + (aligned ? "True" : "False");
    }
}
