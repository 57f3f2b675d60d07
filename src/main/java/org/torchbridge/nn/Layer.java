package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * A module that makes one tensor from one: what a {@link Sequential} is made of. A class extends it with its
 * {@link #forward}; who uses it calls {@link #call}, which runs the hooks around it.
 */
public abstract class Layer extends Module {

    /** Makes the output from the input. Hooks are not run: use {@link #call}. */
    public abstract Tensor forward(Tensor input);

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor input) {
        return hooked(inputs -> forward((Tensor) inputs.get(0)), input);
    }
}
