package org.torchbridge.nn;

import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * Wants an anchor a nearer to its positive example p than to its negative one n: max(0, d(a, p) - d(a, n) + margin) with
 * any distance d of two tensors. Anchor and examples have what shape the distance takes; output a number, or the shape of
 * the distances if not reduced.
 *
 * <p>A distance that is a {@link Module} is a child of the loss: its parameters are learned.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html">TripletMarginWithDistanceLoss</a>.
 */
public class TripletMarginWithDistanceLoss extends TripletLoss {
    /** The distance, which is a child if it is a module. */
    public final BinaryOperator<Tensor> distanceFunction;

    private final Options options;

    /**
     * The Euclidean distance, margin 1, no swap, the mean, unless set otherwise.
     *
     * @param distanceFunction the distance; null for a {@link PairwiseDistance}
     * @param margin how much nearer the positive example should be, a positive number
     * @param swap whether the negative example's distance is the smaller one of those to the anchor and to the positive
     *     example
     */
    public record Options(
            @Nullable BinaryOperator<Tensor> distanceFunction, double margin, boolean swap, Reduction reduction) {
        private static final Options DEFAULT = new Options(null, 1, false, Reduction.MEAN);

        public Options {
            requirePositive(margin);
        }

        public Options distanceFunction(@Nullable BinaryOperator<Tensor> distanceFunction) {
            return Records.with(this, "distanceFunction", distanceFunction);
        }

        public Options margin(double margin) {
            return Records.with(this, "margin", margin);
        }

        public Options swap(boolean swap) {
            return Records.with(this, "swap", swap);
        }

        public Options reduction(Reduction reduction) {
            return Records.with(this, "reduction", reduction);
        }
    }

    public TripletMarginWithDistanceLoss() {
        this(options());
    }

    public TripletMarginWithDistanceLoss(Options options) {
        this.distanceFunction =
                options.distanceFunction() == null ? new PairwiseDistance() : options.distanceFunction();
        this.options = options.distanceFunction(distanceFunction);
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
        return Functional.tripletMarginWithDistanceLoss(anchor, positive, negative, options);
    }
}
