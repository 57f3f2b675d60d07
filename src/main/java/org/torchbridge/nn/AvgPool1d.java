package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The mean of the values under a kernel that moves over a sequence. Input (N, C, L) or (C, L).
 *
 * <p>Options and the sizes of outputs are those of every {@link AvgPool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html">AvgPool1d</a>.
 */
public class AvgPool1d extends AvgPool {

    public AvgPool1d(long kernelSize) {
        this(kernelSize, options());
    }

    public AvgPool1d(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public AvgPool1d(Size kernelSize, Options options) {
        super(1, kernelSize.expanded("kernelSize", 1), options.expanded(1));
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.avgPool1d(input, kernelSize(), settings());
    }
}
