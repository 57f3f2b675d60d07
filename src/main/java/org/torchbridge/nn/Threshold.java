package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * x where x > threshold, {@code value} elsewhere. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Threshold.html">Threshold</a>.
 */
public class Threshold extends InplaceLayer {
    private final double threshold;
    private final double value;

    public Threshold(double threshold, double value) {
        this(threshold, value, false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public Threshold(double threshold, double value, boolean inplace) {
        super(inplace);
        this.threshold = threshold;
        this.value = value;
    }

    public double threshold() {
        return threshold;
    }

    public double value() {
        return value;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.threshold(input, threshold, value, inplace());
    }

    @Override
    public String extraRepr() {
        return extraRepr("threshold=" + PythonText.of(threshold) + ", value=" + PythonText.of(value));
    }
}
