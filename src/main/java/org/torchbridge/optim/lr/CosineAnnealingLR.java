package org.torchbridge.optim.lr;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.optim.Optimizer;

/**
 * The learning rates go along half a cosine from the first ones to {@code etaMin}, 0 by default, in {@code TMax} steps; then
 * back again.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html">CosineAnnealingLR</a>.
 */
public final class CosineAnnealingLR extends LRScheduler {
    private long TMax;
    private double etaMin;

    public CosineAnnealingLR(Optimizer<?> optimizer, long TMax) {
        this(optimizer, TMax, 0, -1);
    }

    public CosineAnnealingLR(Optimizer<?> optimizer, long TMax, double etaMin) {
        this(optimizer, TMax, etaMin, -1);
    }

    public CosineAnnealingLR(Optimizer<?> optimizer, long TMax, double etaMin, long lastEpoch) {
        super(optimizer);
        this.TMax = TMax;
        this.etaMin = etaMin;
        start(lastEpoch);
    }

    @Override
    protected List<Double> getLr() {
        if (isInitial()) {
            return unchanged();
        }
        if (stepCount() == 1 && lastEpoch() > 0) {
            return closedFormLr();
        }
        if (Math.floorMod(lastEpoch() - 1 - TMax, 2 * TMax) == 0) {
            List<Double> lrs = new ArrayList<>();
            for (int i = 0; i < baseLrs().size(); i++) {
                double rise = (baseLrs().get(i) - etaMin) * (1 - Math.cos(Math.PI / TMax)) / 2;
                lrs.add(groups().get(i).lr() + rise);
            }
            return lrs;
        }
        double factor = height(lastEpoch()) / height(lastEpoch() - 1);
        return each(group -> factor * (group.lr() - etaMin) + etaMin);
    }

    @Override
    protected List<Double> closedFormLr() {
        return baseLrs().stream()
                .map(lr -> etaMin + (lr - etaMin) * height(lastEpoch()) / 2)
                .toList();
    }

    private double height(long epoch) {
        return 1 + Math.cos(Math.PI * epoch / TMax);
    }

    @Override
    protected void state(State state) {
        TMax = state.of("T_max", TMax);
        etaMin = state.of("eta_min", etaMin);
    }
}
