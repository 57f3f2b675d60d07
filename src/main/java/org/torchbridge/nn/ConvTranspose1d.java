package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Transposed convolution over sequences. Input (N, in, L) or (in, L), output (N, out, L') or (out, L').
 *
 * <p>Options and the sizes of outputs are those of every {@link ConvTranspose}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html">ConvTranspose1d</a>.
 */
public class ConvTranspose1d extends ConvTranspose {

    public ConvTranspose1d(long inChannels, long outChannels, long kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public ConvTranspose1d(long inChannels, long outChannels, long kernelSize, Options options) {
        this(inChannels, outChannels, Size.of(kernelSize), options);
    }

    public ConvTranspose1d(long inChannels, long outChannels, Size kernelSize, Options options) {
        super(1, inChannels, outChannels, kernelSize, options);
    }

    @Override
    Tensor convolve(Tensor input, Options settings) {
        return Functional.convTranspose1d(input, weight.tensor(), biasTensor(), settings);
    }
}
