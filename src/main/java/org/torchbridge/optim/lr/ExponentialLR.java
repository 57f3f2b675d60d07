package org.torchbridge.optim.lr;

import java.util.List;
import org.torchbridge.optim.Optimizer;

/**
 * Each step multiplies the learning rates by {@code gamma}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html">ExponentialLR</a>.
 */
public final class ExponentialLR extends LRScheduler {
    private double gamma;

    public ExponentialLR(Optimizer<?> optimizer, double gamma) {
        this(optimizer, gamma, -1);
    }

    public ExponentialLR(Optimizer<?> optimizer, double gamma, long lastEpoch) {
        super(optimizer);
        this.gamma = gamma;
        start(lastEpoch);
    }

    @Override
    protected List<Double> getLr() {
        return isInitial() ? unchanged() : scaled(gamma);
    }

    @Override
    protected List<Double> closedFormLr() {
        return scaledBase(Math.pow(gamma, lastEpoch()));
    }

    @Override
    protected void state(State state) {
        gamma = state.of("gamma", gamma);
    }
}
