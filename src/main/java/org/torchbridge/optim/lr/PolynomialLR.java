package org.torchbridge.optim.lr;

import java.util.List;
import org.torchbridge.optim.Optimizer;

/**
 * The learning rates fall to 0 in {@code totalIters} steps, 5 by default, as the {@code power}, 1 by default, of the steps
 * that are left.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html">PolynomialLR</a>.
 */
public final class PolynomialLR extends LRScheduler {
    private static final long ITERATIONS = 5;

    private long totalIters;
    private double power;

    public PolynomialLR(Optimizer<?> optimizer) {
        this(optimizer, ITERATIONS, 1, -1);
    }

    public PolynomialLR(Optimizer<?> optimizer, long totalIters) {
        this(optimizer, totalIters, 1, -1);
    }

    public PolynomialLR(Optimizer<?> optimizer, long totalIters, double power) {
        this(optimizer, totalIters, power, -1);
    }

    public PolynomialLR(Optimizer<?> optimizer, long totalIters, double power, long lastEpoch) {
        super(optimizer);
        this.totalIters = totalIters;
        this.power = power;
        start(lastEpoch);
    }

    @Override
    protected List<Double> getLr() {
        if (isInitial() || lastEpoch() > totalIters) {
            return unchanged();
        }
        return scaled(Math.pow(left(lastEpoch()) / left(lastEpoch() - 1), power));
    }

    @Override
    protected List<Double> closedFormLr() {
        return scaledBase(Math.pow(left(Math.min(totalIters, lastEpoch())), power));
    }

    /** The share of the steps that is left. */
    private double left(long epoch) {
        return 1 - (double) epoch / totalIters;
    }

    @Override
    protected void state(State state) {
        totalIters = state.of("total_iters", totalIters);
        power = state.of("power", power);
    }
}
