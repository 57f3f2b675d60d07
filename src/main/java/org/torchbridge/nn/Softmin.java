package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * exp(-x) / Σ exp(-x) along a dimension: values between 0 and 1 whose sum is 1. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Softmin.html">Softmin</a>.
 */
public class Softmin extends SoftmaxLayer {

    /** Along the dimension that Python chooses for the input, see {@link SoftmaxLayer}. */
    public Softmin() {
        super(null);
    }

    public Softmin(long dim) {
        super(dim);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.softmin(input, dim(input));
    }
}
