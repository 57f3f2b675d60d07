package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The Kullback-Leibler divergence y · (log y - x) of the log probabilities x, the input, from the probabilities y, the
 * target, of the same shape. {@link Reduction#BATCHMEAN} is what mathematics defines; {@link Reduction#MEAN} divides by
 * the number of elements and logs a warning that says so.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html">KLDivLoss</a>.
 */
public class KLDivLoss extends ReducedLoss {
    private final boolean logTarget;

    /** The mean over all elements, of probabilities. */
    public KLDivLoss() {
        this(Reduction.MEAN);
    }

    /** The target is probabilities. */
    public KLDivLoss(Reduction reduction) {
        this(reduction, false);
    }

    /** If {@code logTarget}, the target is log probabilities too: the loss is exp(y) · (y - x). */
    public KLDivLoss(Reduction reduction, boolean logTarget) {
        super(reduction);
        this.logTarget = logTarget;
    }

    public boolean logTarget() {
        return logTarget;
    }

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.klDiv(input, target, reduction(), logTarget);
    }
}
