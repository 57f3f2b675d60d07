package org.torchbridge.vision.ops;

import org.torchbridge.nn.BatchNorm2d;
import org.torchbridge.nn.Conv2d;

/**
 * A convolution over images, a normalisation and an activation.
 *
 * <pre>{@code
 * new Conv2dNormActivation(3, 16, Conv2dNormActivation.options().stride(2).activationLayer(Hardswish::new));
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.Conv2dNormActivation.html">
 * Conv2dNormActivation</a>.
 */
public class Conv2dNormActivation extends ConvNormActivation {

    public Conv2dNormActivation(long inChannels, long outChannels) {
        this(inChannels, outChannels, options());
    }

    public Conv2dNormActivation(long inChannels, long outChannels, Options options) {
        super(new Conv2d(inChannels, outChannels, options.kernelSize(), options.convolution()), outChannels, options);
    }

    public static Options options() {
        return options(BatchNorm2d::new);
    }
}
