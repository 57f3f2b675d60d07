package org.torchbridge.optim.lr;

import java.util.List;
import org.torchbridge.optim.Optimizer;

/**
 * Every {@code stepSize} steps the learning rates are multiplied by {@code gamma}, 0.1 by default.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html">StepLR</a>.
 */
public final class StepLR extends LRScheduler {
    private long stepSize;
    private double gamma;

    public StepLR(Optimizer<?> optimizer, long stepSize) {
        this(optimizer, stepSize, 0.1, -1);
    }

    public StepLR(Optimizer<?> optimizer, long stepSize, double gamma) {
        this(optimizer, stepSize, gamma, -1);
    }

    public StepLR(Optimizer<?> optimizer, long stepSize, double gamma, long lastEpoch) {
        super(optimizer);
        this.stepSize = stepSize;
        this.gamma = gamma;
        start(lastEpoch);
    }

    @Override
    protected List<Double> getLr() {
        return lastEpoch() == 0 || lastEpoch() % stepSize != 0 ? unchanged() : scaled(gamma);
    }

    @Override
    protected List<Double> closedFormLr() {
        return scaledBase(Math.pow(gamma, Math.floorDiv(lastEpoch(), stepSize)));
    }

    @Override
    protected void state(State state) {
        stepSize = state.of("step_size", stepSize);
        gamma = state.of("gamma", gamma);
    }
}
