package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * Divides the channels into groups and normalises each group of each element of a batch to mean 0 and variance 1; then,
 * if affine, scales each channel by {@code weight} and shifts it by {@code bias}, which are 1 and 0 at first. Input and
 * output (N, C, *).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html">GroupNorm</a>.
 */
public class GroupNorm extends Layer {
    private final long numGroups;
    private final long numChannels;
    private final double eps;
    public @Nullable Parameter weight;
    public @Nullable Parameter bias;

    /** Affine, with eps 1e-5. */
    public GroupNorm(long numGroups, long numChannels) {
        this(numGroups, numChannels, 1e-5, true);
    }

    /** Affine. */
    public GroupNorm(long numGroups, long numChannels, double eps) {
        this(numGroups, numChannels, eps, true);
    }

    /**
     * @param eps what is added to the variance
     * @param affine whether there are a weight and a bias
     */
    public GroupNorm(long numGroups, long numChannels, double eps, boolean affine) {
        if (numGroups <= 0 || numChannels % numGroups != 0) {
            throw new IllegalArgumentException("numGroups is " + numGroups + " and numChannels " + numChannels
                    + "; a multiple of the groups is expected as the number of channels");
        }
        this.numGroups = numGroups;
        this.numChannels = numChannels;
        this.eps = eps;
        if (affine) {
            weight = new Parameter(Torch.ones(numChannels));
            bias = new Parameter(Torch.zeros(numChannels));
        }
    }

    /** Sets the weight to 1 and the bias to 0. */
    public void resetParameters() {
        if (weight != null) {
            Init.ones_(weight.tensor());
        }
        if (bias != null) {
            Init.zeros_(bias.tensor());
        }
    }

    public long numGroups() {
        return numGroups;
    }

    public long numChannels() {
        return numChannels;
    }

    public double eps() {
        return eps;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.groupNorm(
                input, numGroups, weight == null ? null : weight.tensor(), bias == null ? null : bias.tensor(), eps);
    }

    @Override
    public String extraRepr() {
        return numGroups + ", " + numChannels + ", eps=" + PythonText.of(eps) + ", affine="
                + PythonText.of(weight != null);
    }
}
