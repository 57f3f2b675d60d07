package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Normalises each channel of each of a batch's images to mean 0 and variance 1; with {@code affine}, then scales it by
 * {@code weight} and shifts it by {@code bias}, which are 1 and 0 at first. Input and output (N, C, H, W) or (C, H, W).
 *
 * <p>With {@code trackRunningStats}, the running mean and variance are updated in training mode and used in evaluation
 * mode; a momentum of null leaves them as they are.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html">InstanceNorm2d</a>.
 */
public class InstanceNorm2d extends InstanceNorm {
    private static final int UNBATCHED = 3;

    public InstanceNorm2d(long numFeatures) {
        this(numFeatures, options());
    }

    public InstanceNorm2d(long numFeatures, Options options) {
        super(numFeatures, options, UNBATCHED);
    }

    @Override
    void requireShape(Tensor input) {
        requireDimensions(input, UNBATCHED, UNBATCHED + 1, "(C, H, W) or (N, C, H, W)");
    }
}
