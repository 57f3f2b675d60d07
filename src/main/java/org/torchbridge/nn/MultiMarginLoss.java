package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * The hinge loss of one class y for each sample: the sum over the others i of max(0, w[y] · (margin - x[y] + x[i]))^p, over
 * the number of classes C; for p 2 the weight is not squared. Input (C) or (N, C), target the {@code int64} classes () or
 * (N), output a number, or the target's shape if not reduced.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html">MultiMarginLoss</a>.
 */
public class MultiMarginLoss extends WeightedLoss {
    private final Options options;

    /**
     * p 1, margin 1, without class weights, the mean, unless set otherwise.
     *
     * @param p the power, 1 or 2
     * @param margin how much larger the score of the right class should be
     * @param weight how much each class counts, shape (C)
     */
    public record Options(long p, double margin, @Nullable Tensor weight, Reduction reduction) {
        private static final Options DEFAULT = new Options(1, 1, null, Reduction.MEAN);

        public Options {
            if (p != 1 && p != 2) {
                throw new IllegalArgumentException("p is " + p + "; 1 or 2 is expected");
            }
            if (weight != null && weight.dim() != 1) {
                throw new IllegalArgumentException("the weight has " + weight.dim() + " dimensions; one is expected");
            }
        }

        public Options p(long p) {
            return Records.with(this, "p", p);
        }

        public Options margin(double margin) {
            return Records.with(this, "margin", margin);
        }

        public Options weight(@Nullable Tensor weight) {
            return Records.with(this, "weight", weight);
        }

        public Options reduction(Reduction reduction) {
            return Records.with(this, "reduction", reduction);
        }
    }

    public MultiMarginLoss() {
        this(options());
    }

    public MultiMarginLoss(Options options) {
        super(options.weight(), options.reduction());
        this.options = options.weight(weightTensor());
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
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.multiMarginLoss(input, target, options);
    }
}
