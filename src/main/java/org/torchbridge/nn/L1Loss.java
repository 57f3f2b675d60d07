package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The absolute difference |x - y| of input and target, which have the same shape, or are broadcast to one with a logged
 * warning.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.L1Loss.html">L1Loss</a>.
 */
public class L1Loss extends ReducedLoss {
    /** The mean. */
    public L1Loss() {
        this(Reduction.MEAN);
    }

    public L1Loss(Reduction reduction) {
        super(reduction);
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.l1Loss(input, target, reduction());
    }
}
