package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Normalises each channel of each of a batch's sequences to mean 0 and variance 1; with {@code affine}, then scales it
 * by {@code weight} and shifts it by {@code bias}, which are 1 and 0 at first. Input and output (N, C, L) or (C, L).
 *
 * <p>With {@code trackRunningStats}, the running mean and variance are updated in training mode and used in evaluation
 * mode; a momentum of null leaves them as they are.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html">InstanceNorm1d</a>.
 */
public class InstanceNorm1d extends InstanceNorm {
    private static final int UNBATCHED = 2;

    public InstanceNorm1d(long numFeatures) {
        this(numFeatures, options());
    }

    public InstanceNorm1d(long numFeatures, Options options) {
        super(numFeatures, options, UNBATCHED);
    }

    @Override
    void requireShape(Tensor input) {
        requireDimensions(input, UNBATCHED, UNBATCHED + 1, "(C, L) or (N, C, L)");
    }
}
