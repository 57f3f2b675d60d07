package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * In training mode zeroes each channel with probability p and scales the others by 1 / (1 - p); in evaluation mode
 * changes nothing. Input (N, C, H, W); as in Python, one of three dimensions is taken for (N, C, L).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html">Dropout2d</a>.
 */
public class Dropout2d extends DropoutNd {

    /** Leaves out half. */
    public Dropout2d() {
        this(0.5);
    }

    public Dropout2d(double p) {
        this(p, false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public Dropout2d(double p, boolean inplace) {
        super(p, inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.dropout2d(input, p(), isTraining(), inplace());
    }
}
