package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/** The losses that can count classes or elements differently. */
public abstract class WeightedLoss extends ReducedLoss {
    /** How much each class or element counts; part of the state dict. */
    public final @Nullable Buffer weight;

    WeightedLoss(@Nullable Tensor weight, Reduction reduction) {
        super(reduction);
        this.weight = weight == null ? null : new Buffer(weight);
    }

    /** The tensor of {@link #weight}, which follows the module to another device or type. */
    @Nullable
    Tensor weightTensor() {
        return weight == null ? null : weight.tensor();
    }
}
