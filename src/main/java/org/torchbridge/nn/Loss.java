package org.torchbridge.nn;

import org.torchbridge.Tensor;

/** A module that says how far an output is from its target. */
public abstract class Loss extends Module {
    /** The loss of {@code input}, which a model made, given what it should have made. */
    public abstract Tensor forward(Tensor input, Tensor target);
}
