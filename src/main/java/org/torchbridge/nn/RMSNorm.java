package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * x / √(mean(x²) + eps) · weight, where the mean is over the last dimensions, those of {@code normalizedShape}; at
 * first {@code weight} is 1. Input and output (*, normalizedShape).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html">RMSNorm</a>.
 */
public class RMSNorm extends Layer {
    private final long[] normalizedShape;
    private final @Nullable Double eps;
    public @Nullable Parameter weight;

    /** With a weight, and the smallest step from 1 that the input's type has as eps. */
    public RMSNorm(long... normalizedShape) {
        this(normalizedShape, null, true);
    }

    public RMSNorm(long normalizedShape, @Nullable Double eps, boolean elementwiseAffine) {
        this(new long[] {normalizedShape}, eps, elementwiseAffine);
    }

    /**
     * @param eps what is added to the mean; null for the smallest step from 1 that the input's type has
     * @param elementwiseAffine whether there is a weight
     */
    public RMSNorm(long[] normalizedShape, @Nullable Double eps, boolean elementwiseAffine) {
        this.normalizedShape = normalizedShape.clone();
        this.eps = eps;
        if (elementwiseAffine) {
            weight = new Parameter(Torch.ones(normalizedShape));
        }
    }

    /** Sets the weight to 1. */
    public void resetParameters() {
        if (weight != null) {
            Init.ones_(weight.tensor());
        }
    }

    public long[] normalizedShape() {
        return normalizedShape.clone();
    }

    public @Nullable Double eps() {
        return eps;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.rmsNorm(input, normalizedShape, weight == null ? null : weight.tensor(), eps);
    }

    @Override
    public String extraRepr() {
        return PythonText.tuple(normalizedShape) + ", eps=" + (eps == null ? "None" : PythonText.of(eps))
                + ", elementwise_affine=" + PythonText.of(weight != null);
    }
}
