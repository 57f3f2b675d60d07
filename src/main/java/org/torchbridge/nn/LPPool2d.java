package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The power average of the values under a kernel that moves over an image. Input (N, C, H, W) or (C, H, W).
 *
 * <p>Options and the sizes of outputs are those of every {@link LPPool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html">LPPool2d</a>.
 */
public class LPPool2d extends LPPool {

    public LPPool2d(Number normType, long kernelSize) {
        this(normType, kernelSize, options());
    }

    public LPPool2d(Number normType, Size kernelSize) {
        this(normType, kernelSize, options());
    }

    public LPPool2d(Number normType, long kernelSize, Options options) {
        this(normType, Size.of(kernelSize), options);
    }

    public LPPool2d(Number normType, Size kernelSize, Options options) {
        super(2, normType, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.lpPool2d(input, normType().doubleValue(), kernelSize(), settings());
    }
}
