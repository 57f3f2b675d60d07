package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * min(max(x, minVal), maxVal): x cut off at both ends, which are -1 and 1 unless given. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html">Hardtanh</a>.
 */
public class Hardtanh extends InplaceLayer {
    private final double minVal;
    private final double maxVal;

    public Hardtanh() {
        this(-1, 1);
    }

    public Hardtanh(double minVal, double maxVal) {
        this(minVal, maxVal, false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public Hardtanh(double minVal, double maxVal, boolean inplace) {
        super(inplace);
        if (!(minVal < maxVal)) {
            throw new IllegalArgumentException(
                    "minVal is " + minVal + " and maxVal " + maxVal + "; a maxVal above minVal is expected");
        }
        this.minVal = minVal;
        this.maxVal = maxVal;
    }

    public double minVal() {
        return minVal;
    }

    public double maxVal() {
        return maxVal;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.hardtanh(input, minVal, maxVal, inplace());
    }

    @Override
    public String extraRepr() {
        return extraRepr("min_val=" + PythonText.of(minVal) + ", max_val=" + PythonText.of(maxVal));
    }
}
