package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The largest value under a kernel that moves over an image. Input (N, C, H, W) or (C, H, W).
 *
 * <p>Options and the sizes of outputs are those of every {@link MaxPool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html">MaxPool2d</a>.
 */
public class MaxPool2d extends MaxPool {

    public MaxPool2d(long kernelSize) {
        this(kernelSize, options());
    }

    public MaxPool2d(Size kernelSize) {
        this(kernelSize, options());
    }

    public MaxPool2d(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public MaxPool2d(Size kernelSize, Options options) {
        super(2, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.maxPool2d(input, kernelSize(), settings());
    }

    @Override
    public WithIndices forwardWithIndices(Tensor input) {
        return Functional.maxPool2dWithIndices(input, kernelSize(), settings());
    }
}
