package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Convolution over volumes. Input (N, in, D, H, W) or (in, D, H, W), output (N, out, D', H', W') or (out, D', H', W').
 *
 * <p>Options and the sizes of outputs are those of every {@link Conv}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Conv3d.html">Conv3d</a>.
 */
public class Conv3d extends Conv {

    public Conv3d(long inChannels, long outChannels, long kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public Conv3d(long inChannels, long outChannels, Size kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public Conv3d(long inChannels, long outChannels, long kernelSize, Options options) {
        this(inChannels, outChannels, Size.of(kernelSize), options);
    }

    public Conv3d(long inChannels, long outChannels, Size kernelSize, Options options) {
        super(3, inChannels, outChannels, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.conv3d(input, weight.tensor(), biasTensor(), settings());
    }
}
