package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * The cross entropy of scores, each of a yes or no: -w · (p · y · log σ(x) + (1 - y) · log(1 - σ(x))) of the input x, any
 * numbers, and the target y, from 0 to 1 and of the same shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html">BCEWithLogitsLoss</a>.
 */
public class BCEWithLogitsLoss extends WeightedLoss {
    /** How much a yes counts against a no; part of the state dict. */
    public final @Nullable Buffer posWeight;

    private final Options options;

    /**
     * Without weights, the mean, unless set otherwise.
     *
     * @param weight how much each element counts; it is broadcast to the target
     * @param posWeight how much a yes counts against a no, broadcast to the target: more than 1 for recall, less for
     *     precision
     */
    public record Options(@Nullable Tensor weight, Reduction reduction, @Nullable Tensor posWeight) {
        private static final Options DEFAULT = new Options(null, Reduction.MEAN, null);

        public Options weight(@Nullable Tensor weight) {
            return Records.with(this, "weight", weight);
        }

        public Options reduction(Reduction reduction) {
            return Records.with(this, "reduction", reduction);
        }

        public Options posWeight(@Nullable Tensor posWeight) {
            return Records.with(this, "posWeight", posWeight);
        }
    }

    public BCEWithLogitsLoss() {
        this(options());
    }

    public BCEWithLogitsLoss(Options options) {
        super(options.weight(), options.reduction());
        this.posWeight = options.posWeight() == null ? null : new Buffer(options.posWeight());
        this.options = options.weight(weightTensor()).posWeight(posWeight == null ? null : posWeight.tensor());
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
        return Functional.binaryCrossEntropyWithLogits(input, target, options);
    }
}
