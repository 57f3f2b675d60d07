package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * 0 up to x = -3, 1 from x = 3 on, x / 6 + 1 / 2 between them. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html">Hardsigmoid</a>.
 */
public class Hardsigmoid extends InplaceLayer {

    public Hardsigmoid() {
        this(false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public Hardsigmoid(boolean inplace) {
        super(inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.hardsigmoid(input, inplace());
    }

    /** Nothing: Python does not print the flag of this layer. */
    @Override
    public String extraRepr() {
        return "";
    }
}
