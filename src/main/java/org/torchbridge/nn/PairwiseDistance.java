package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * ‖x₁ - x₂ + eps‖, the p-norm over the last dimension. Inputs (N, D) or (D), output (N) or ().
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html">PairwiseDistance</a>.
 */
public class PairwiseDistance extends PairLayer {
    private final Options options;

    /**
     * p 2, eps 1e-6, without the dimension that was reduced, unless set otherwise.
     *
     * @param p the degree of the norm; it may be negative
     * @param eps what is added to each difference
     * @param keepdim whether the output keeps the last dimension, with size 1
     */
    public record Options(double p, double eps, boolean keepdim) {
        private static final Options DEFAULT = new Options(2, 1e-6, false);

        public Options p(double p) {
            return Records.with(this, "p", p);
        }

        public Options eps(double eps) {
            return Records.with(this, "eps", eps);
        }

        public Options keepdim(boolean keepdim) {
            return Records.with(this, "keepdim", keepdim);
        }
    }

    public PairwiseDistance() {
        this(options());
    }

    public PairwiseDistance(Options options) {
        this.options = options;
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** The options this module was made with. */
    public Options settings() {
        return options;
    }

    @Override
    public Tensor forward(Tensor x1, Tensor x2) {
        return Functional.pairwiseDistance(x1, x2, options);
    }
}
