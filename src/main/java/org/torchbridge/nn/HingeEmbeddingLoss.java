package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Draws together what belongs together: x where the target is 1, max(0, margin - x) where it is -1. The input x is a
 * distance as a rule. Any shape, the same for both.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html">HingeEmbeddingLoss</a>.
 */
public class HingeEmbeddingLoss extends ReducedLoss {
    private final double margin;

    /** The mean, with margin 1. */
    public HingeEmbeddingLoss() {
        this(1);
    }

    /** The mean. */
    public HingeEmbeddingLoss(double margin) {
        this(margin, Reduction.MEAN);
    }

    /** {@code margin} is the distance that two which do not belong together should have. */
    public HingeEmbeddingLoss(double margin, Reduction reduction) {
        super(reduction);
        this.margin = margin;
    }

    public double margin() {
        return margin;
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.hingeEmbeddingLoss(input, target, margin, reduction());
    }
}
