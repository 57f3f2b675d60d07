package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The squared difference of input and target, which have the same shape, or are broadcast to one.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MSELoss.html">MSELoss</a>.
 */
public class MSELoss extends Loss {
    private final Reduction reduction;

    public MSELoss() {
        this(Reduction.MEAN);
    }

    public MSELoss(Reduction reduction) {
        this.reduction = reduction;
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.mseLoss(input, target, reduction);
    }
}
