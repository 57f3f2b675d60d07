package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The squared difference where it is small and the absolute one elsewhere: (x - y)² / 2 if |x - y| is less than delta,
 * delta · (|x - y| - delta / 2) otherwise. Input and target have the same shape, or are broadcast to one with a logged
 * warning.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html">HuberLoss</a>.
 */
public class HuberLoss extends ReducedLoss {
    private final double delta;

    /** The mean, with delta 1. */
    public HuberLoss() {
        this(Reduction.MEAN);
    }

    /** With delta 1. */
    public HuberLoss(Reduction reduction) {
        this(reduction, 1);
    }

    /** {@code delta} is where the loss becomes linear, a positive number. */
    public HuberLoss(Reduction reduction, double delta) {
        super(reduction);
        this.delta = delta;
    }

    public double delta() {
        return delta;
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.huberLoss(input, target, reduction(), delta);
    }
}
