package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * x · hardsigmoid(x): 0 up to x = -3, x from x = 3 on, x · (x + 3) / 6 between them. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Hardswish.html">Hardswish</a>.
 */
public class Hardswish extends InplaceLayer {

    public Hardswish() {
        this(false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public Hardswish(boolean inplace) {
        super(inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.hardswish(input, inplace());
    }

    /** Nothing: Python does not print the flag of this layer. */
    @Override
    public String extraRepr() {
        return "";
    }
}
