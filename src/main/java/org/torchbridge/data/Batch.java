package org.torchbridge.data;

import org.torchbridge.Tensor;

/**
 * Samples stacked along a new first dimension. Closing a batch frees its tensors at once, which a loop over a
 * {@link DataLoader} likes to do: {@code try (batch; var scope = Scope.open()) {...}}.
 *
 * @param inputs the samples' inputs
 * @param targets the samples' targets
 */
public record Batch(Tensor inputs, Tensor targets) implements AutoCloseable {
    /** The number of samples. */
    public int size() {
        return Math.toIntExact(inputs.shape()[0]);
    }

    @Override
    public void close() {
        inputs.close();
        targets.close();
    }
}
