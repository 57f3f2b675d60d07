package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * A layer that normalises along one dimension. Without one it is the dimension that Python chooses: 0 for inputs of 0,
 * 1 or 3 dimensions, 1 for all others.
 */
public abstract class SoftmaxLayer extends Layer {
    private final @Nullable Long dim;

    SoftmaxLayer(@Nullable Long dim) {
        this.dim = dim;
    }

    /** The dimension this layer was made with, null if it follows from the input. */
    public @Nullable Long dim() {
        return dim;
    }

    @Override
    public String extraRepr() {
        return "dim=" + (dim == null ? "None" : dim);
    }

    final long dim(Tensor input) {
        return dim == null ? Functional.softmaxDim(input) : dim;
    }
}
