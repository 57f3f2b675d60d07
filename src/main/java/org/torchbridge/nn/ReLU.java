package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * max(0, x), of any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html">ReLU</a>.
 */
public class ReLU extends InplaceLayer {

    public ReLU() {
        this(false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public ReLU(boolean inplace) {
        super(inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.relu(input, inplace());
    }
}
