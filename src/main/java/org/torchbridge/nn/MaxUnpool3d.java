package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Undoes a {@link MaxPool3d} as far as that is possible. Input and indices (N, C, D, H, W) or (C, D, H, W).
 *
 * <p>Options and the sizes of outputs are those of every {@link MaxUnpool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html">MaxUnpool3d</a>.
 */
public class MaxUnpool3d extends MaxUnpool {

    public MaxUnpool3d(long kernelSize) {
        this(kernelSize, options());
    }

    public MaxUnpool3d(Size kernelSize) {
        this(kernelSize, options());
    }

    public MaxUnpool3d(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public MaxUnpool3d(Size kernelSize, Options options) {
        super(3, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input, Tensor indices, long... outputSize) {
        return Functional.maxUnpool3d(input, indices, kernelSize(), settings(), outputSize);
    }
}
