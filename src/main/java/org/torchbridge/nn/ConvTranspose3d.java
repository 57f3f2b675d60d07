package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Transposed convolution over volumes. Input (N, in, D, H, W) or (in, D, H, W), output (N, out, D', H', W') or (out,
 * D', H', W').
 *
 * <p>Options and the sizes of outputs are those of every {@link ConvTranspose}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html">ConvTranspose3d</a>.
 */
public class ConvTranspose3d extends ConvTranspose {

    public ConvTranspose3d(long inChannels, long outChannels, long kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public ConvTranspose3d(long inChannels, long outChannels, Size kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public ConvTranspose3d(long inChannels, long outChannels, long kernelSize, Options options) {
        this(inChannels, outChannels, Size.of(kernelSize), options);
    }

    public ConvTranspose3d(long inChannels, long outChannels, Size kernelSize, Options options) {
        super(3, inChannels, outChannels, kernelSize, options);
    }

    @Override
    Tensor convolve(Tensor input, Options settings) {
        return Functional.convTranspose3d(input, weight.tensor(), biasTensor(), settings);
    }
}
