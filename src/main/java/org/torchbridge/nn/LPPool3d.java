package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The power average of the values under a kernel that moves over a volume. Input (N, C, D, H, W) or (C, D, H, W).
 *
 * <p>Options and the sizes of outputs are those of every {@link LPPool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LPPool3d.html">LPPool3d</a>.
 */
public class LPPool3d extends LPPool {

    public LPPool3d(Number normType, long kernelSize) {
        this(normType, kernelSize, options());
    }

    public LPPool3d(Number normType, Size kernelSize) {
        this(normType, kernelSize, options());
    }

    public LPPool3d(Number normType, long kernelSize, Options options) {
        this(normType, Size.of(kernelSize), options);
    }

    public LPPool3d(Number normType, Size kernelSize, Options options) {
        super(3, normType, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.lpPool3d(input, normType().doubleValue(), kernelSize(), settings());
    }
}
