package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Turns two vectors towards each other or away: 1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin)
 * where it is -1. Inputs (N, D) and target (N), or (D) and ().
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html">CosineEmbeddingLoss</a>.
 */
public class CosineEmbeddingLoss extends PairLoss {
    /** The mean, with margin 0. */
    public CosineEmbeddingLoss() {
        this(0);
    }

    /** The mean. */
    public CosineEmbeddingLoss(double margin) {
        this(margin, Reduction.MEAN);
    }

    public CosineEmbeddingLoss(double margin, Reduction reduction) {
        super(margin, reduction);
    }

    @Override
    public Tensor forward(Tensor input1, Tensor input2, Tensor target) {
        return Functional.cosineEmbeddingLoss(input1, input2, target, margin(), reduction());
    }
}
