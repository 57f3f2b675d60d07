package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The squared difference where it is small and the absolute one elsewhere: (x - y)² / (2 · beta) if |x - y| is less
 * than beta, |x - y| - beta / 2 otherwise. Input and target have the same shape, or are broadcast to one with a logged
 * warning.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html">SmoothL1Loss</a>.
 */
public class SmoothL1Loss extends ReducedLoss {
    private final double beta;

    /** The mean, with beta 1. */
    public SmoothL1Loss() {
        this(Reduction.MEAN);
    }

    /** With beta 1. */
    public SmoothL1Loss(Reduction reduction) {
        this(reduction, 1);
    }

    /** {@code beta} is where the loss becomes linear, not negative; 0 gives an {@link L1Loss}. */
    public SmoothL1Loss(Reduction reduction, double beta) {
        super(reduction);
        this.beta = beta;
    }

    public double beta() {
        return beta;
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.smoothL1Loss(input, target, reduction(), beta);
    }
}
