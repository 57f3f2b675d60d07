package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * x · tanh(log(1 + exp(x))), of any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Mish.html">Mish</a>.
 */
public class Mish extends InplaceLayer {

    public Mish() {
        this(false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public Mish(boolean inplace) {
        super(inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.mish(input, inplace());
    }
}
