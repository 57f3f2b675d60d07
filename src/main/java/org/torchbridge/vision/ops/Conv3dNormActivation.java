package org.torchbridge.vision.ops;

import org.torchbridge.nn.BatchNorm3d;
import org.torchbridge.nn.Conv3d;

/**
 * A convolution over videos, a normalisation and an activation.
 *
 * <pre>{@code
 * new Conv3dNormActivation(3, 16, Conv3dNormActivation.options().stride(2).activationLayer(Hardswish::new));
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.Conv3dNormActivation.html">
 * Conv3dNormActivation</a>.
 */
public class Conv3dNormActivation extends ConvNormActivation {

    public Conv3dNormActivation(long inChannels, long outChannels) {
        this(inChannels, outChannels, options());
    }

    public Conv3dNormActivation(long inChannels, long outChannels, Options options) {
        super(new Conv3d(inChannels, outChannels, options.kernelSize(), options.convolution()), outChannels, options);
    }

    public static Options options() {
        return options(BatchNorm3d::new);
    }
}
