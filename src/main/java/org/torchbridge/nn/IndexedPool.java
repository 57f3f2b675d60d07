package org.torchbridge.nn;

import org.torchbridge.Tensor;

/** A pooling that picks values and can say where they were: Python's {@code return_indices}. */
public abstract class IndexedPool extends Layer {

    /**
     * What was picked, and where it was: each index counts the places of the input's channel, for {@link MaxUnpool}.
     */
    public record WithIndices(Tensor output, Tensor indices) {}

    IndexedPool() {}

    @Override
    public Tensor forward(Tensor input) {
        return forwardWithIndices(input).output();
    }

    /** The output and the indices. Hooks are not run: use {@link #callWithIndices}. */
    public abstract WithIndices forwardWithIndices(Tensor input);

    /** Runs {@link #forwardWithIndices} with the hooks before and after it. */
    public final WithIndices callWithIndices(Tensor input) {
        return hooked(inputs -> forwardWithIndices((Tensor) inputs.get(0)), input);
    }
}
