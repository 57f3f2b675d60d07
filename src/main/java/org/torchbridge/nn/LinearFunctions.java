package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The part of {@link Functional} for linear maps and distances. */
abstract class LinearFunctions {
    LinearFunctions() {}

    /** {@code input} · {@code weight}ᵀ: input (*, in), weight (out, in), result (*, out). */
    public static Tensor linear(Tensor input, Tensor weight) {
        return linear(input, weight, null);
    }

    /** {@code input} · {@code weight}ᵀ + {@code bias}: input (*, in), weight (out, in), bias (out), result (*, out). */
    public static Tensor linear(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return Torch.linear(input, weight, bias);
    }
}
