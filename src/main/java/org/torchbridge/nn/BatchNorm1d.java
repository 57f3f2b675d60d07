package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Normalises each channel of a batch of vectors or sequences to mean 0 and variance 1, then scales it by {@code weight}
 * and shifts it by {@code bias}. Input and output (N, C) or (N, C, L).
 *
 * <p>In training mode by the batch's own mean and variance, with which the running ones are updated; in evaluation mode
 * by the running ones. At first {@code weight} is 1 and {@code bias} 0.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html">BatchNorm1d</a>.
 */
public class BatchNorm1d extends BatchNorm {

    public BatchNorm1d(long numFeatures) {
        this(numFeatures, options());
    }

    public BatchNorm1d(long numFeatures, Options options) {
        super(numFeatures, options);
    }

    @Override
    void requireShape(Tensor input) {
        requireDimensions(input, 2, 3, "(N, C) or (N, C, L)");
    }
}
