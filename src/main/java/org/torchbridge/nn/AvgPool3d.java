package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The mean of the values under a kernel that moves over a volume. Input (N, C, D, H, W) or (C, D, H, W).
 *
 * <p>Options and the sizes of outputs are those of every {@link AvgPool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html">AvgPool3d</a>.
 */
public class AvgPool3d extends AvgPool {

    public AvgPool3d(long kernelSize) {
        this(kernelSize, options());
    }

    public AvgPool3d(Size kernelSize) {
        this(kernelSize, options());
    }

    public AvgPool3d(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public AvgPool3d(Size kernelSize, Options options) {
        super(3, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.avgPool3d(input, kernelSize(), settings());
    }
}
