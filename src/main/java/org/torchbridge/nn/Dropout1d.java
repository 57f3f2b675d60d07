package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * In training mode zeroes each channel with probability p and scales the others by 1 / (1 - p); in evaluation mode
 * changes nothing. Input (N, C, L) or (C, L).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html">Dropout1d</a>.
 */
public class Dropout1d extends DropoutNd {

    /** Leaves out half. */
    public Dropout1d() {
        this(0.5);
    }

    public Dropout1d(double p) {
        this(p, false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public Dropout1d(double p, boolean inplace) {
        super(p, inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.dropout1d(input, p(), isTraining(), inplace());
    }
}
