package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * scale · (max(0, x) + min(0, α · (exp(x) - 1))) with α = 1.6732632423543772 and scale = 1.0507009873554805, of any
 * shape: what keeps mean 0 and variance 1 from layer to layer.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.SELU.html">SELU</a>.
 */
public class SELU extends InplaceLayer {

    public SELU() {
        this(false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public SELU(boolean inplace) {
        super(inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.selu(input, inplace());
    }
}
