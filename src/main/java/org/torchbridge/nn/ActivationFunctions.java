package org.torchbridge.nn;

import org.torchbridge.Tensor;

/** The part of {@link Functional} for activations. */
abstract class ActivationFunctions extends VisionFunctions {
    ActivationFunctions() {}

    public static Tensor relu(Tensor input) {
        return input.relu();
    }

    public static Tensor softmax(Tensor input, long dim) {
        return input.softmax(dim);
    }

    public static Tensor logSoftmax(Tensor input, long dim) {
        return input.logSoftmax(dim);
    }
}
