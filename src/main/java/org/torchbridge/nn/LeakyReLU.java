package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * max(0, x) + slope · min(0, x); the slope is 0.01 unless given. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html">LeakyReLU</a>.
 */
public class LeakyReLU extends InplaceLayer {
    private final double negativeSlope;

    public LeakyReLU() {
        this(0.01);
    }

    public LeakyReLU(double negativeSlope) {
        this(negativeSlope, false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public LeakyReLU(double negativeSlope, boolean inplace) {
        super(inplace);
        this.negativeSlope = negativeSlope;
    }

    public double negativeSlope() {
        return negativeSlope;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.leakyRelu(input, negativeSlope, inplace());
    }

    @Override
    public String extraRepr() {
        return extraRepr("negative_slope=" + PythonText.of(negativeSlope));
    }
}
