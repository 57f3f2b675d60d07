package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * In training mode zeroes each element with probability p and scales the others by 1 / (1 - p); in evaluation mode
 * changes nothing. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Dropout.html">Dropout</a>.
 */
public class Dropout extends DropoutNd {

    /** Leaves out half. */
    public Dropout() {
        this(0.5);
    }

    public Dropout(double p) {
        this(p, false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public Dropout(double p, boolean inplace) {
        super(p, inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.dropout(input, p(), isTraining(), inplace());
    }
}
