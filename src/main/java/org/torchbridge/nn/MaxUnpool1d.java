package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Undoes a {@link MaxPool1d} as far as that is possible. Input and indices (N, C, L) or (C, L).
 *
 * <p>Options and the sizes of outputs are those of every {@link MaxUnpool}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html">MaxUnpool1d</a>.
 */
public class MaxUnpool1d extends MaxUnpool {

    public MaxUnpool1d(long kernelSize) {
        this(kernelSize, options());
    }

    public MaxUnpool1d(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public MaxUnpool1d(Size kernelSize, Options options) {
        super(1, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input, Tensor indices, long... outputSize) {
        return Functional.maxUnpool1d(input, indices, kernelSize(), settings(), outputSize);
    }
}
