package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * In training mode zeroes each channel with probability p and scales the others by 1 / (1 - p); in evaluation mode
 * changes nothing. Input (N, C, D, H, W) or (C, D, H, W).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html">Dropout3d</a>.
 */
public class Dropout3d extends DropoutNd {

    /** Leaves out half. */
    public Dropout3d() {
        this(0.5);
    }

    public Dropout3d(double p) {
        this(p, false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public Dropout3d(double p, boolean inplace) {
        super(p, inplace);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.dropout3d(input, p(), isTraining(), inplace());
    }
}
