package org.torchbridge.nn;

/** A layer that, in training mode, leaves out some of its input by chance: half of it unless given. */
public abstract class DropoutNd extends InplaceLayer {
    private final double p;

    DropoutNd(double p, boolean inplace) {
        super(inplace);
        DropoutFunctions.requireProbability(p);
        this.p = p;
    }

    /** The probability of being left out. */
    public double p() {
        return p;
    }

    @Override
    public String extraRepr() {
        return "p=" + PythonText.of(p) + ", inplace=" + PythonText.of(inplace());
    }
}
