package org.torchbridge.nn;

import org.torchbridge.Tensor;

/** The losses that compare two inputs, with a target of 1 or -1 that says how they should be related. */
public abstract class PairLoss extends Module {
    private final double margin;
    private final Reduction reduction;

    PairLoss(double margin, Reduction reduction) {
        this.margin = margin;
        this.reduction = reduction;
    }

    public double margin() {
        return margin;
    }

    public Reduction reduction() {
        return reduction;
    }

    /** The loss of two inputs that should be related as {@code target} says. */
    public abstract Tensor forward(Tensor input1, Tensor input2, Tensor target);

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor input1, Tensor input2, Tensor target) {
        return hooked(
                inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1), (Tensor) inputs.get(2)),
                input1,
                input2,
                target);
    }
}
