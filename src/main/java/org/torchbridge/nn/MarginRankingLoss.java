package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Ranks two scores: max(0, -y · (x1 - x2) + margin), so that x1 should be the larger where the target y is 1 and the
 * smaller where it is -1. Inputs and target (N) or (); the output is a number, or (N) or ()
 * if not reduced.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html">MarginRankingLoss</a>.
 */
public class MarginRankingLoss extends PairLoss {
    /** The mean, with margin 0. */
    public MarginRankingLoss() {
        this(0);
    }

    /** The mean. */
    public MarginRankingLoss(double margin) {
        this(margin, Reduction.MEAN);
    }

    public MarginRankingLoss(double margin, Reduction reduction) {
        super(margin, reduction);
    }

    @Override
    public Tensor forward(Tensor input1, Tensor input2, Tensor target) {
        return Functional.marginRankingLoss(input1, input2, target, margin(), reduction());
    }
}
