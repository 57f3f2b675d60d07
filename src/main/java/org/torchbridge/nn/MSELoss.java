package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The squared difference (x - y)² of input and target, which have the same shape, or are broadcast to one with a logged
 * warning.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MSELoss.html">MSELoss</a>.
 */
public class MSELoss extends ReducedLoss {
    /** The mean. */
    public MSELoss() {
        this(Reduction.MEAN);
    }

    public MSELoss(Reduction reduction) {
        super(reduction);
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.mseLoss(input, target, reduction());
    }
}
