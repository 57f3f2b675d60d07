package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The power average of the values under a kernel that moves over a sequence. Input (N, C, L) or (C, L).
 *
 * <p>Options and the sizes of outputs are those of every {@link LPPool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html">LPPool1d</a>.
 */
public class LPPool1d extends LPPool {

    public LPPool1d(Number normType, long kernelSize) {
        this(normType, kernelSize, options());
    }

    public LPPool1d(Number normType, long kernelSize, Options options) {
        this(normType, Size.of(kernelSize), options);
    }

    public LPPool1d(Number normType, Size kernelSize, Options options) {
        super(1, normType, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.lpPool1d(input, normType().doubleValue(), kernelSize(), settings());
    }
}
