package org.torchbridge.nn;

/** The losses of two tensors that are reduced to one number, or not: the base of all that PyTorch has. */
public abstract class ReducedLoss extends Loss {
    private final Reduction reduction;

    ReducedLoss(Reduction reduction) {
        this.reduction = reduction;
    }

    public Reduction reduction() {
        return reduction;
    }
}
