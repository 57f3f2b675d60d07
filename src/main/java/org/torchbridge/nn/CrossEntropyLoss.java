package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * The cross entropy of scores and classes: {@link LogSoftmax}, then {@link NLLLoss}. Input (C), (N, C) or (N, C, *)
 * with any numbers; target the {@code int64} classes (), (N) or (N, *), or probabilities of the input's shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html">CrossEntropyLoss</a>.
 */
public class CrossEntropyLoss extends Loss {
    /** The class weights, shape (C). */
    public final @Nullable Buffer weight;

    private final Options options;

    /**
     * Without class weights, the mean, class -100 ignored, no label smoothing, unless set otherwise.
     *
     * @param weight how much each class counts, shape (C)
     * @param ignoreIndex the class that does not count
     * @param labelSmoothing the share, 0 to 1, of the target that is spread evenly over all classes
     */
    public record Options(@Nullable Tensor weight, Reduction reduction, long ignoreIndex, double labelSmoothing) {
        private static final Options DEFAULT = new Options(null, Reduction.MEAN, -100, 0);

        public Options weight(@Nullable Tensor weight) {
            return new Options(weight, reduction, ignoreIndex, labelSmoothing);
        }

        public Options reduction(Reduction reduction) {
            return new Options(weight, reduction, ignoreIndex, labelSmoothing);
        }

        public Options ignoreIndex(long ignoreIndex) {
            return new Options(weight, reduction, ignoreIndex, labelSmoothing);
        }

        public Options labelSmoothing(double labelSmoothing) {
            return new Options(weight, reduction, ignoreIndex, labelSmoothing);
        }
    }

    public CrossEntropyLoss() {
        this(options());
    }

    public CrossEntropyLoss(Options options) {
        this.weight = options.weight() == null ? null : new Buffer(options.weight());
        this.options = options.weight(weight == null ? null : weight.tensor());
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.crossEntropy(input, target, options);
    }
}
