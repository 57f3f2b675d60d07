package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * In training mode sets each element with probability p to what {@link SELU} makes of -∞, then scales and shifts all so
 * that mean 0 and variance 1 are kept; in evaluation mode changes nothing. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html">AlphaDropout</a>.
 */
public class AlphaDropout extends DropoutNd {

    /** Leaves out half. */
    public AlphaDropout() {
        this(0.5);
    }

    public AlphaDropout(double p) {
        this(p, false);
    }

    /** As in Python, {@code inplace} is printed and the input kept all the same. */
    public AlphaDropout(double p, boolean inplace) {
        super(p, inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.alphaDropout(input, p(), isTraining(), false);
    }
}
