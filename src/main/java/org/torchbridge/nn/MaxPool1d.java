package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The largest value under a kernel that moves over a sequence. Input (N, C, L) or (C, L).
 *
 * <p>Options and the sizes of outputs are those of every {@link MaxPool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html">MaxPool1d</a>.
 */
public class MaxPool1d extends MaxPool {

    public MaxPool1d(long kernelSize) {
        this(kernelSize, options());
    }

    public MaxPool1d(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public MaxPool1d(Size kernelSize, Options options) {
        super(1, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.maxPool1d(input, kernelSize(), settings());
    }

    @Override
    public WithIndices forwardWithIndices(Tensor input) {
        return Functional.maxPool1dWithIndices(input, kernelSize(), settings());
    }
}
