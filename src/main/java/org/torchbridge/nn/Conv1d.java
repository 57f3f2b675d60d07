package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Convolution over sequences. Input (N, in, L) or (in, L), output (N, out, L') or (out, L').
 *
 * <p>Options and the sizes of outputs are those of every {@link Conv}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html">Conv1d</a>.
 */
public class Conv1d extends Conv {

    public Conv1d(long inChannels, long outChannels, long kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public Conv1d(long inChannels, long outChannels, long kernelSize, Options options) {
        this(inChannels, outChannels, Size.of(kernelSize), options);
    }

    public Conv1d(long inChannels, long outChannels, Size kernelSize, Options options) {
        super(1, inChannels, outChannels, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.conv1d(input, weight.tensor(), biasTensor(), settings());
    }
}
