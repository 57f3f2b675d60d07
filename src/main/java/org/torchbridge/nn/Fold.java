package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * An image that is the sum of the blocks of an {@link Unfold} at their places. Input (N, C · elements of the kernel,
 * L) or (C · elements of the kernel, L), output (N, C, height, width) or (C, height, width).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Fold.html">Fold</a>.
 */
public class Fold extends SlidingBlocks {
    private final Size outputSize;

    public Fold(long outputSize, long kernelSize) {
        this(Size.of(outputSize), Size.of(kernelSize), options());
    }

    public Fold(Size outputSize, Size kernelSize, Options options) {
        super(kernelSize, options);
        this.outputSize = outputSize;
        outputSize.expand("outputSize", 2);
    }

    public Size outputSize() {
        return outputSize;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.fold(input, outputSize, kernelSize(), settings());
    }

    @Override
    public String extraRepr() {
        return "output_size=" + outputSize + ", " + super.extraRepr();
    }
}
