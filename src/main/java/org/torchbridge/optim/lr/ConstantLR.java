package org.torchbridge.optim.lr;

import java.util.List;
import org.torchbridge.optim.Optimizer;

/**
 * The learning rates are multiplied by {@code factor}, a third by default, until step {@code totalIters}, 5 by default.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html">ConstantLR</a>.
 */
public final class ConstantLR extends LRScheduler {
    private static final double THIRD = 1.0 / 3;
    private static final long ITERATIONS = 5;

    private double factor;
    private long totalIters;

    public ConstantLR(Optimizer<?> optimizer) {
        this(optimizer, THIRD, ITERATIONS, -1);
    }

    public ConstantLR(Optimizer<?> optimizer, double factor) {
        this(optimizer, factor, ITERATIONS, -1);
    }

    public ConstantLR(Optimizer<?> optimizer, double factor, long totalIters) {
        this(optimizer, factor, totalIters, -1);
    }

    public ConstantLR(Optimizer<?> optimizer, double factor, long totalIters, long lastEpoch) {
        super(optimizer);
        if (!(factor >= 0 && factor <= 1)) {
            throw new IllegalArgumentException(
                    "Constant multiplicative factor expected to be between 0 and 1, not " + factor);
        }
        this.factor = factor;
        this.totalIters = totalIters;
        start(lastEpoch);
    }

    @Override
    protected List<Double> getLr() {
        if (lastEpoch() == 0) {
            return scaled(factor);
        }
        return lastEpoch() == totalIters ? scaled(1 / factor) : unchanged();
    }

    @Override
    protected List<Double> closedFormLr() {
        return scaledBase(factor + (lastEpoch() >= totalIters ? 1 - factor : 0));
    }

    @Override
    protected void state(State state) {
        factor = state.of("factor", factor);
        totalIters = state.of("total_iters", totalIters);
    }
}
