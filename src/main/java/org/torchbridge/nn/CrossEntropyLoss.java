package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * The cross entropy of scores and classes: {@link LogSoftmax}, then {@link NLLLoss}. Input (C), (N, C) or (N, C, *)
 * with any numbers; target the {@code int64} classes (), (N) or (N, *), or probabilities of the input's shape; output a
 * number, or the classes' shape if not reduced.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html">CrossEntropyLoss</a>.
 */
public class CrossEntropyLoss extends WeightedLoss {
    private final Options options;

    /**
     * Without class weights, class -100 ignored, the mean, no label smoothing, unless set otherwise.
     *
     * @param weight how much each class counts, shape (C)
     * @param ignoreIndex the class that does not count; for classes only, not for probabilities
     * @param labelSmoothing the share, 0 to 1, of the target that is spread evenly over all classes
     */
    public record Options(@Nullable Tensor weight, long ignoreIndex, Reduction reduction, double labelSmoothing) {
        private static final Options DEFAULT = new Options(null, -100, Reduction.MEAN, 0);

        public Options weight(@Nullable Tensor weight) {
            return Records.with(this, "weight", weight);
        }

        public Options ignoreIndex(long ignoreIndex) {
            return Records.with(this, "ignoreIndex", ignoreIndex);
        }

        public Options reduction(Reduction reduction) {
            return Records.with(this, "reduction", reduction);
        }

        public Options labelSmoothing(double labelSmoothing) {
            return Records.with(this, "labelSmoothing", labelSmoothing);
        }
    }

    public CrossEntropyLoss() {
        this(options());
    }

    public CrossEntropyLoss(Options options) {
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
        return Functional.crossEntropy(input, target, options);
    }
}
