package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The largest value under a kernel that moves over a volume in random steps. Input (N, C, D, H, W) or (C, D, H, W).
 *
 * <pre>{@code
 * FractionalMaxPool3d pool = new FractionalMaxPool3d(2, FractionalMaxPool3d.options().outputRatio(0.7));
 * }</pre>
 *
 * <p>Options and the sizes of outputs are those of every {@link FractionalMaxPool}.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool3d.html">FractionalMaxPool3d</a>.
 */
public class FractionalMaxPool3d extends FractionalMaxPool {

    public FractionalMaxPool3d(long kernelSize, Options options) {
        this(Size.of(kernelSize), options);
    }

    public FractionalMaxPool3d(Size kernelSize, Options options) {
        super(3, kernelSize, options);
    }

    @Override
    public WithIndices forwardWithIndices(Tensor input) {
        return Functional.fractionalMaxPool3dWithIndices(input, kernelSize(), settings());
    }
}
