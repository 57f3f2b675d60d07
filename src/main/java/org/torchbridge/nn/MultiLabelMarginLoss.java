package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The hinge loss of several classes for each sample: the sum over its classes y and all others i of
 * max(0, 1 - (x[y] - x[i])), over the number of classes C. Input (C) or (N, C); the target has the same shape and lists
 * the {@code int64} classes of the sample, then -1. Output a number, or () or (N) if not reduced.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html">MultiLabelMarginLoss</a>.
 */
public class MultiLabelMarginLoss extends ReducedLoss {
    /** The mean. */
    public MultiLabelMarginLoss() {
        this(Reduction.MEAN);
    }

    public MultiLabelMarginLoss(Reduction reduction) {
        super(reduction);
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.multilabelMarginLoss(input, target, reduction());
    }
}
