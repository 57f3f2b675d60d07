package org.torchbridge.nn;

import org.torchbridge.Tensor;

/** A module that says how far an output is from its target. */
public abstract class Loss extends Module {
    /** The loss of {@code input}, which a model made, given what it should have made. */
    public abstract Tensor forward(Tensor input, Tensor target);

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor input, Tensor target) {
        return hooked(inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1)), input, target);
    }
}
