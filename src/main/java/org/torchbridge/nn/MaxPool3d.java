package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The largest value under a kernel that moves over a volume. Input (N, C, D, H, W) or (C, D, H, W).
 *
 * <p>Options and the sizes of outputs are those of every {@link MaxPool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html">MaxPool3d</a>.
 */
public class MaxPool3d extends MaxPool {

    public MaxPool3d(long kernelSize) {
        this(kernelSize, options());
    }

    public MaxPool3d(Size kernelSize) {
        this(kernelSize, options());
    }

    public MaxPool3d(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public MaxPool3d(Size kernelSize, Options options) {
        super(3, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.maxPool3d(input, kernelSize(), settings());
    }

    @Override
    public WithIndices forwardWithIndices(Tensor input) {
        return Functional.maxPool3dWithIndices(input, kernelSize(), settings());
    }
}
