package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Normalises each channel of a batch of volumes to mean 0 and variance 1, then scales it by {@code weight} and shifts
 * it by {@code bias}. Input and output (N, C, D, H, W).
 *
 * <p>In training mode by the batch's own mean and variance, with which the running ones are updated; in evaluation mode
 * by the running ones. At first {@code weight} is 1 and {@code bias} 0.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html">BatchNorm3d</a>.
 */
public class BatchNorm3d extends BatchNorm {

    public BatchNorm3d(long numFeatures) {
        this(numFeatures, options());
    }

    public BatchNorm3d(long numFeatures, Options options) {
        super(numFeatures, options);
    }

    @Override
    void requireShape(Tensor input) {
        requireDimensions(input, 5, 5, "(N, C, D, H, W)");
    }
}
