package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;

/**
 * Normalises over the last dimensions, those of {@code normalizedShape}, to mean 0 and variance 1; then scales each
 * place by {@code weight} and shifts it by {@code bias}, which are 1 and 0 at first. Input and output (*,
 * normalizedShape).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html">LayerNorm</a>.
 */
public class LayerNorm extends Layer {
    private final long[] normalizedShape;
    private final Options options;
    public @Nullable Parameter weight;
    public @Nullable Parameter bias;

    /**
     * eps 1e-5, with weight and bias, unless set otherwise.
     *
     * @param eps what is added to the variance
     * @param elementwiseAffine whether there is a weight
     * @param bias whether there is a bias with the weight
     */
    public record Options(double eps, boolean elementwiseAffine, boolean bias) {
        private static final Options DEFAULT = new Options(1e-5, true, true);

        public Options eps(double eps) {
            return Records.with(this, "eps", eps);
        }

        public Options elementwiseAffine(boolean elementwiseAffine) {
            return Records.with(this, "elementwiseAffine", elementwiseAffine);
        }

        public Options bias(boolean bias) {
            return Records.with(this, "bias", bias);
        }
    }

    public LayerNorm(long... normalizedShape) {
        this(normalizedShape, options());
    }

    public LayerNorm(long normalizedShape, Options options) {
        this(new long[] {normalizedShape}, options);
    }

    public LayerNorm(long[] normalizedShape, Options options) {
        this.normalizedShape = normalizedShape.clone();
        this.options = options;
        if (options.elementwiseAffine()) {
            weight = new Parameter(Torch.ones(normalizedShape));
            bias = options.bias() ? new Parameter(Torch.zeros(normalizedShape)) : null;
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

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    public long[] normalizedShape() {
        return normalizedShape.clone();
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.layerNorm(
                input,
                normalizedShape,
                weight == null ? null : weight.tensor(),
                bias == null ? null : bias.tensor(),
                options.eps());
    }

    @Override
    public String extraRepr() {
        return PythonText.tuple(normalizedShape) + ", eps=" + PythonText.of(options.eps()) + ", elementwise_affine="
                + PythonText.of(options.elementwiseAffine());
    }
}
