package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The largest value under a kernel that moves over an image in random steps. Input (N, C, H, W) or (C, H, W).
 *
 * <pre>{@code
 * FractionalMaxPool2d pool = new FractionalMaxPool2d(2, FractionalMaxPool2d.options().outputRatio(0.7));
 * }</pre>
 *
 * <p>Options and the sizes of outputs are those of every {@link FractionalMaxPool}.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html">FractionalMaxPool2d</a>.
 */
public class FractionalMaxPool2d extends FractionalMaxPool {

    public FractionalMaxPool2d(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public FractionalMaxPool2d(Size kernelSize, Options options) {
        super(2, kernelSize, options);
    }

    @Override
    public WithIndices forwardWithIndices(Tensor input) {
        return Functional.fractionalMaxPool2dWithIndices(input, kernelSize(), settings());
    }
}
