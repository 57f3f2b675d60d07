package org.torchbridge.nn;

/** A layer that can change its input itself in place of making a new tensor, which saves memory. */
public abstract class InplaceLayer extends Layer {
    private final boolean inplace;

    InplaceLayer(boolean inplace) {
        this.inplace = inplace;
    }

    /** Whether the input itself is changed and returned. */
    public boolean inplace() {
        return inplace;
    }

    @Override
    public String extraRepr() {
        return inplace ? "inplace=True" : "";
    }

    /** The text of a layer with other options too. */
    final String extraRepr(String options) {
        return inplace ? options + ", inplace=True" : options;
    }
}
