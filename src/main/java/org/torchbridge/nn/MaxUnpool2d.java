package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Undoes a {@link MaxPool2d} as far as that is possible. Input and indices (N, C, H, W) or (C, H, W).
 *
 * <p>Options and the sizes of outputs are those of every {@link MaxUnpool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html">MaxUnpool2d</a>.
 */
public class MaxUnpool2d extends MaxUnpool {

    public MaxUnpool2d(long kernelSize) {
        this(kernelSize, options());
    }

    public MaxUnpool2d(Size kernelSize) {
        this(kernelSize, options());
    }

    public MaxUnpool2d(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public MaxUnpool2d(Size kernelSize, Options options) {
        super(2, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input, Tensor indices, long... outputSize) {
        return Functional.maxUnpool2d(input, indices, kernelSize(), settings(), outputSize);
    }
}
