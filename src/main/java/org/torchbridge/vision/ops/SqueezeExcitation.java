package org.torchbridge.vision.ops;

import java.util.function.Supplier;
import org.torchbridge.Tensor;
import org.torchbridge.nn.AdaptiveAvgPool2d;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sigmoid;
import org.torchbridge.nn.Size;

/**
 * Scales each channel by what two convolutions make of the means of all. Input and output (N, C, H, W).
 *
 * <p>See <a href="https://arxiv.org/abs/1709.01507">Squeeze-and-Excitation Networks</a>. Follows
 * <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.SqueezeExcitation.html">SqueezeExcitation</a>.
 */
public class SqueezeExcitation extends Layer {
    public AdaptiveAvgPool2d avgpool;
    public Conv2d fc1;
    public Conv2d fc2;
    public Layer activation;
    public Layer scaleActivation;

    /** With a ReLU and a sigmoid. */
    public SqueezeExcitation(long inputChannels, long squeezeChannels) {
        this(inputChannels, squeezeChannels, ReLU::new, Sigmoid::new);
    }

    /**
     * @param squeezeChannels how many channels are between the convolutions
     * @param activation makes the layer between the convolutions
     * @param scaleActivation makes the layer after them
     */
    public SqueezeExcitation(
            long inputChannels,
            long squeezeChannels,
            Supplier<? extends Layer> activation,
            Supplier<? extends Layer> scaleActivation) {
        avgpool = new AdaptiveAvgPool2d(Size.of(1));
        fc1 = new Conv2d(inputChannels, squeezeChannels, 1);
        fc2 = new Conv2d(squeezeChannels, inputChannels, 1);
        this.activation = activation.get();
        this.scaleActivation = scaleActivation.get();
    }

    @Override
    public Tensor forward(Tensor input) {
        Tensor squeezed = activation.call(fc1.call(avgpool.call(input)));
        return scaleActivation.call(fc2.call(squeezed)).mul(input);
    }
}
