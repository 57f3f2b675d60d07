package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The part of {@link Functional} for dropout. */
abstract class DropoutFunctions extends NormalizationFunctions {
    DropoutFunctions() {}

    public static Tensor dropout(Tensor input) {
        return dropout(input, 0.5, true);
    }

    /** Zeroes each element with probability {@code p} and scales the others by 1 / (1 - p), if {@code training}. */
    public static Tensor dropout(Tensor input, double p, boolean training) {
        return Torch.dropout(input, p, training);
    }
}
