package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * The cross entropy of probabilities, each of a yes or no: -w · (y · log x + (1 - y) · log(1 - x)) of the input x and the
 * target y, both from 0 to 1 and of the same shape. The logarithms are at least -100. {@link BCEWithLogitsLoss} takes any
 * numbers and is more accurate.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.BCELoss.html">BCELoss</a>.
 */
public class BCELoss extends WeightedLoss {
    /** The mean, without weights. */
    public BCELoss() {
        this(null);
    }

    /** The mean. */
    public BCELoss(@Nullable Tensor weight) {
        this(weight, Reduction.MEAN);
    }

    /** {@code weight} says how much each element counts; it is broadcast to the target. */
    public BCELoss(@Nullable Tensor weight, Reduction reduction) {
        super(weight, reduction);
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.binaryCrossEntropy(input, target, weightTensor(), reduction());
    }
}
