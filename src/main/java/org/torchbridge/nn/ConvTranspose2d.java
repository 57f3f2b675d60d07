package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Transposed convolution over images. Input (N, in, H, W) or (in, H, W), output (N, out, H', W') or (out, H', W').
 *
 * <p>Options and the sizes of outputs are those of every {@link ConvTranspose}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html">ConvTranspose2d</a>.
 */
public class ConvTranspose2d extends ConvTranspose {

    public ConvTranspose2d(long inChannels, long outChannels, long kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public ConvTranspose2d(long inChannels, long outChannels, Size kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public ConvTranspose2d(long inChannels, long outChannels, long kernelSize, Options options) {
        this(inChannels, outChannels, Size.of(kernelSize), options);
    }

    public ConvTranspose2d(long inChannels, long outChannels, Size kernelSize, Options options) {
        super(2, inChannels, outChannels, kernelSize, options);
    }

    @Override
    Tensor convolve(Tensor input, Options settings) {
        return Functional.convTranspose2d(input, weight.tensor(), biasTensor(), settings);
    }
}
