package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The mean of the values under a kernel that moves over an image. Input (N, C, H, W) or (C, H, W).
 *
 * <p>Options and the sizes of outputs are those of every {@link AvgPool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html">AvgPool2d</a>.
 */
public class AvgPool2d extends AvgPool {

    public AvgPool2d(long kernelSize) {
        this(kernelSize, options());
    }

    public AvgPool2d(Size kernelSize) {
        this(kernelSize, options());
    }

    public AvgPool2d(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public AvgPool2d(Size kernelSize, Options options) {
        super(2, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.avgPool2d(input, kernelSize(), settings());
    }
}
