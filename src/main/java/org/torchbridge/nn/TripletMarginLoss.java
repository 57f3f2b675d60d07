package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * Wants an anchor a nearer to its positive example p than to its negative one n: max(0, d(a, p) - d(a, n) + margin), where d
 * is the p-norm of the difference. Anchor and examples (N, D) or (D); output a number, or (N) or () if not reduced.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html">TripletMarginLoss</a>.
 */
public class TripletMarginLoss extends TripletLoss {
    private final Options options;

    /**
     * Margin 1, the norm 2, eps 1e-6, no swap, the mean, unless set otherwise.
     *
     * @param margin how much nearer the positive example should be, a positive number
     * @param p the norm
     * @param eps is added to the difference, so that its norm is never zero
     * @param swap whether the negative example's distance is the smaller one of those to the anchor and to the positive
     *     example
     */
    public record Options(double margin, double p, double eps, boolean swap, Reduction reduction) {
        private static final Options DEFAULT = new Options(1, 2, 1e-6, false, Reduction.MEAN);

        public Options {
            requirePositive(margin);
        }

        public Options margin(double margin) {
            return Records.with(this, "margin", margin);
        }

        public Options p(double p) {
            return Records.with(this, "p", p);
        }

        public Options eps(double eps) {
            return Records.with(this, "eps", eps);
        }

        public Options swap(boolean swap) {
            return Records.with(this, "swap", swap);
        }

        public Options reduction(Reduction reduction) {
            return Records.with(this, "reduction", reduction);
        }
    }

    public TripletMarginLoss() {
        this(options());
    }

    public TripletMarginLoss(Options options) {
        this.options = options;
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** The options this loss was made with. */
    public Options settings() {
        return options;
    }

    @Override
    public Tensor forward(Tensor anchor, Tensor positive, Tensor negative) {
        return Functional.tripletMarginLoss(anchor, positive, negative, options);
    }
}
