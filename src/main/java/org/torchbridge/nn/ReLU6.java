package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * min(max(0, x), 6), of any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReLU6.html">ReLU6</a>.
 */
public class ReLU6 extends InplaceLayer {

    public ReLU6() {
        this(false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public ReLU6(boolean inplace) {
        super(inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.relu6(input, inplace());
    }
}
