package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * x where x ≥ 0, a · x elsewhere: in training mode a is drawn for each element from {@code lower} to {@code upper}, in
 * evaluation mode it is their mean. They are 1/8 and 1/3 unless given. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.RReLU.html">RReLU</a>.
 */
public class RReLU extends InplaceLayer {
    private final double lower;
    private final double upper;

    public RReLU() {
        this(1.0 / 8, 1.0 / 3);
    }

    public RReLU(double lower, double upper) {
        this(lower, upper, false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public RReLU(double lower, double upper, boolean inplace) {
        super(inplace);
        this.lower = lower;
        this.upper = upper;
    }

    public double lower() {
        return lower;
    }

    public double upper() {
        return upper;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.rrelu(input, lower, upper, isTraining(), inplace());
    }

    @Override
    public String extraRepr() {
        return extraRepr("lower=" + PythonText.of(lower) + ", upper=" + PythonText.of(upper));
    }
}
