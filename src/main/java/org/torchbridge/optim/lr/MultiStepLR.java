package org.torchbridge.optim.lr;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.torchbridge.optim.Optimizer;

/**
 * At each of the {@code milestones} the learning rates are multiplied by {@code gamma}, 0.1 by default.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html">MultiStepLR</a>.
 */
public final class MultiStepLR extends LRScheduler {
    /** How often each step is named. */
    private Map<Long, Long> milestones;

    private double gamma;

    public MultiStepLR(Optimizer<?> optimizer, List<? extends Number> milestones) {
        this(optimizer, milestones, 0.1, -1);
    }

    public MultiStepLR(Optimizer<?> optimizer, List<? extends Number> milestones, double gamma) {
        this(optimizer, milestones, gamma, -1);
    }

    public MultiStepLR(Optimizer<?> optimizer, List<? extends Number> milestones, double gamma, long lastEpoch) {
        super(optimizer);
        this.milestones = new LinkedHashMap<>();
        milestones.forEach(milestone -> this.milestones.merge(milestone.longValue(), 1L, Long::sum));
        this.gamma = gamma;
        start(lastEpoch);
    }

    @Override
    protected List<Double> getLr() {
        Long times = milestones.get(lastEpoch());
        return times == null ? unchanged() : scaled(Math.pow(gamma, times));
    }

    @Override
    protected List<Double> closedFormLr() {
        long passed = milestones.entrySet().stream()
                .filter(milestone -> milestone.getKey() <= lastEpoch())
                .mapToLong(Map.Entry::getValue)
                .sum();
        return scaledBase(Math.pow(gamma, passed));
    }

    @Override
    protected void state(State state) {
        Map<Long, Long> counts = new LinkedHashMap<>();
        ((Map<?, ?>) state.exchange("milestones", milestones))
                .forEach((milestone, times) ->
                        counts.put(((Number) milestone).longValue(), ((Number) times).longValue()));
        milestones = counts;
        gamma = state.of("gamma", gamma);
    }
}
