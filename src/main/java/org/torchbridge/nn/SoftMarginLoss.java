package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The logistic loss log(1 + exp(-y · x)) of input x and target y, which is 1 or -1. Any shape, the same for both.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html">SoftMarginLoss</a>.
 */
public class SoftMarginLoss extends ReducedLoss {
    /** The mean. */
    public SoftMarginLoss() {
        this(Reduction.MEAN);
    }

    public SoftMarginLoss(Reduction reduction) {
        super(reduction);
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.softMarginLoss(input, target, reduction());
    }
}
