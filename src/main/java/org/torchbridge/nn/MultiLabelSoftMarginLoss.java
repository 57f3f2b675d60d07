package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * The cross entropy of scores, each of a yes or no, averaged over the classes:
 * -(y · log σ(x) + (1 - y) · log σ(-x)) of the input x and the target y. Shape (N, C), or (*, C), the same for both; output
 * a number, or (N) or (*) if not reduced.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html">MultiLabelSoftMarginLoss</a>.
 */
public class MultiLabelSoftMarginLoss extends WeightedLoss {
    /** The mean, without weights. */
    public MultiLabelSoftMarginLoss() {
        this(null);
    }

    /** The mean. */
    public MultiLabelSoftMarginLoss(@Nullable Tensor weight) {
        this(weight, Reduction.MEAN);
    }

    /** {@code weight} says how much each class counts, shape (C). */
    public MultiLabelSoftMarginLoss(@Nullable Tensor weight, Reduction reduction) {
        super(weight, reduction);
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.multilabelSoftMarginLoss(input, target, weightTensor(), reduction());
    }
}
