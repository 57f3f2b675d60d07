package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * In training mode zeroes each element with probability p and scales the others by 1 / (1 - p); in evaluation mode
 * changes nothing. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Dropout.html">Dropout</a>.
 */
public class Dropout extends Layer {
    private final double p;
    private final boolean inplace;

    /** Zeroes half of the elements. */
    public Dropout() {
        this(0.5);
    }

    public Dropout(double p) {
        this(p, false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public Dropout(double p, boolean inplace) {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException(
                    "the dropout probability is " + p + "; a number from 0 to 1 is expected");
        }
        this.p = p;
        this.inplace = inplace;
    }

    public double p() {
        return p;
    }

    @Override
    public Tensor forward(Tensor input) {
        return inplace ? input.dropout_(p, isTraining()) : Functional.dropout(input, p, isTraining());
    }

    @Override
    public String extraRepr() {
        return "p=" + PythonText.of(p) + ", inplace=" + PythonText.of(inplace);
    }
}
