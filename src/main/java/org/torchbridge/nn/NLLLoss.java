package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * The negative log likelihood: -input[target] of log probabilities, as {@link LogSoftmax} makes them. Input (C), (N, C)
 * or (N, C, *), target the {@code int64} classes (), (N) or (N, *).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html">NLLLoss</a>.
 */
public class NLLLoss extends Loss {
    /** The class weights, shape (C). */
    public final @Nullable Buffer weight;

    private final Options options;

    /**
     * Without class weights, the mean, class -100 ignored, unless set otherwise.
     *
     * @param weight how much each class counts, shape (C)
     * @param ignoreIndex the class that does not count
     */
    public record Options(@Nullable Tensor weight, Reduction reduction, long ignoreIndex) {
        private static final Options DEFAULT = new Options(null, Reduction.MEAN, -100);

        public Options weight(@Nullable Tensor weight) {
            return new Options(weight, reduction, ignoreIndex);
        }

        public Options reduction(Reduction reduction) {
            return new Options(weight, reduction, ignoreIndex);
        }

        public Options ignoreIndex(long ignoreIndex) {
            return new Options(weight, reduction, ignoreIndex);
        }
    }

    public NLLLoss() {
        this(options());
    }

    public NLLLoss(Options options) {
        this.weight = options.weight() == null ? null : new Buffer(options.weight());
        this.options = options.weight(weight == null ? null : weight.tensor());
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.nllLoss(input, target, options);
    }
}
