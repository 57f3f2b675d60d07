package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * The negative log likelihood: -w[y] · x[y] of log probabilities x, as {@link LogSoftmax} makes them, and the class y. Input
 * (C), (N, C) or (N, C, *), target the {@code int64} classes (), (N) or (N, *), output a number, or the target's shape if
 * not reduced. The mean is over the sum of the weights w[y] of what counts.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html">NLLLoss</a>.
 */
public class NLLLoss extends WeightedLoss {
    private final Options options;

    /**
     * Without class weights, class -100 ignored, the mean, unless set otherwise.
     *
     * @param weight how much each class counts, shape (C)
     * @param ignoreIndex the class that does not count
     */
    public record Options(@Nullable Tensor weight, long ignoreIndex, Reduction reduction) {
        private static final Options DEFAULT = new Options(null, -100, Reduction.MEAN);

        public Options weight(@Nullable Tensor weight) {
            return Records.with(this, "weight", weight);
        }

        public Options ignoreIndex(long ignoreIndex) {
            return Records.with(this, "ignoreIndex", ignoreIndex);
        }

        public Options reduction(Reduction reduction) {
            return Records.with(this, "reduction", reduction);
        }
    }

    public NLLLoss() {
        this(options());
    }

    public NLLLoss(Options options) {
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
        return Functional.nllLoss(input, target, options);
    }
}
