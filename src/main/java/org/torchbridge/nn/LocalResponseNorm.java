package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * x / (k + alpha · mean)^beta, where the mean is that of the squares of {@code size} channels around each one. Input
 * and output (N, C, *) with one or more dimensions after the channels.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html">LocalResponseNorm</a>.
 */
public class LocalResponseNorm extends Layer {
    private final long size;
    private final Options options;

    /**
     * alpha 1e-4, beta 0.75, k 1, unless set otherwise.
     *
     * @param alpha what the mean is multiplied with
     * @param beta the exponent
     * @param k what is added to the mean
     */
    public record Options(double alpha, double beta, double k) {
        private static final Options DEFAULT = new Options(1e-4, 0.75, 1);

        public Options alpha(double alpha) {
            return Records.with(this, "alpha", alpha);
        }

        public Options beta(double beta) {
            return Records.with(this, "beta", beta);
        }

        public Options k(double k) {
            return Records.with(this, "k", k);
        }
    }

    public LocalResponseNorm(long size) {
        this(size, options());
    }

    public LocalResponseNorm(long size, Options options) {
        this.size = size;
        this.options = options;
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    public long size() {
        return size;
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.localResponseNorm(input, size, options);
    }

    @Override
    public String extraRepr() {
        return size + ", alpha=" + PythonText.of(options.alpha()) + ", beta=" + PythonText.of(options.beta()) + ", k="
                + PythonText.of(options.k());
    }
}
