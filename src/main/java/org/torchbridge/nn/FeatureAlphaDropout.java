package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * In training mode sets each channel with probability p to what {@link SELU} makes of -∞, then scales and shifts all so
 * that mean 0 and variance 1 are kept; in evaluation mode changes nothing. Input (N, C, *).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html">FeatureAlphaDropout</a>.
 */
public class FeatureAlphaDropout extends DropoutNd {

    /** Leaves out half. */
    public FeatureAlphaDropout() {
        this(0.5);
    }

    public FeatureAlphaDropout(double p) {
        this(p, false);
    }

    /** As in Python, {@code inplace} is printed and the input kept all the same. */
    public FeatureAlphaDropout(double p, boolean inplace) {
        super(p, inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.featureAlphaDropout(input, p(), isTraining(), false);
    }
}
