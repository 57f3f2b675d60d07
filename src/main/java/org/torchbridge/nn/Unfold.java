package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The blocks under a kernel that moves over an image, as columns. Input (N, C, H, W) or (C, H, W), output
 * (N, C · elements of the kernel, L) or (C · elements of the kernel, L), where L is the number of blocks.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Unfold.html">Unfold</a>.
 */
public class Unfold extends SlidingBlocks {

    public Unfold(long kernelSize) {
        this(kernelSize, options());
    }

    public Unfold(Size kernelSize) {
        this(kernelSize, options());
    }

    public Unfold(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public Unfold(Size kernelSize, Options options) {
        super(kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.unfold(input, kernelSize(), settings());
    }
}
