package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * x · sigmoid(x), also known as swish, of any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.SiLU.html">SiLU</a>.
 */
public class SiLU extends InplaceLayer {

    public SiLU() {
        this(false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public SiLU(boolean inplace) {
        super(inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.silu(input, inplace());
    }
}
