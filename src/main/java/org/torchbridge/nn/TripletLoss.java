package org.torchbridge.nn;

import org.torchbridge.Tensor;

/** The losses that want an anchor to be nearer to its positive example than to its negative one. */
public abstract class TripletLoss extends Module {
    TripletLoss() {}

    /** The loss of an anchor, an example of the same kind and one of another. */
    public abstract Tensor forward(Tensor anchor, Tensor positive, Tensor negative);

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor anchor, Tensor positive, Tensor negative) {
        return hooked(
                inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1), (Tensor) inputs.get(2)),
                anchor,
                positive,
                negative);
    }

    static void requirePositive(double margin) {
        if (!(margin > 0)) {
            throw new IllegalArgumentException("margin must be greater than 0; it is " + margin);
        }
    }
}
