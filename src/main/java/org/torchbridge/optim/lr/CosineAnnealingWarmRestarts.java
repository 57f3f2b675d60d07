package org.torchbridge.optim.lr;

import java.util.List;
import org.torchbridge.optim.Optimizer;

/**
 * The learning rates go along half a cosine from the first ones to {@code etaMin}, 0 by default, in {@code T0} steps; then
 * they begin again at the first ones, each time for {@code TMult} times as many steps, 1 by default.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html">CosineAnnealingWarmRestarts</a>.
 */
public final class CosineAnnealingWarmRestarts extends LRScheduler {
    private long T0;
    private double Ti;
    private long TMult;
    private double etaMin;
    private double Tcur;

    public CosineAnnealingWarmRestarts(Optimizer<?> optimizer, long T0) {
        this(optimizer, T0, 1, 0, -1);
    }

    public CosineAnnealingWarmRestarts(Optimizer<?> optimizer, long T0, long TMult) {
        this(optimizer, T0, TMult, 0, -1);
    }

    public CosineAnnealingWarmRestarts(Optimizer<?> optimizer, long T0, long TMult, double etaMin) {
        this(optimizer, T0, TMult, etaMin, -1);
    }

    public CosineAnnealingWarmRestarts(Optimizer<?> optimizer, long T0, long TMult, double etaMin, long lastEpoch) {
        super(optimizer);
        if (T0 <= 0) {
            throw new IllegalArgumentException("Expected positive integer T_0, but got " + T0);
        }
        if (TMult < 1) {
            throw new IllegalArgumentException("Expected integer T_mult >= 1, but got " + TMult);
        }
        this.T0 = T0;
        this.Ti = T0;
        this.TMult = TMult;
        this.etaMin = etaMin;
        this.Tcur = lastEpoch;
        start(lastEpoch);
    }

    @Override
    protected List<Double> getLr() {
        double height = 1 + Math.cos(Math.PI * Tcur / Ti);
        return baseLrs().stream().map(lr -> etaMin + (lr - etaMin) * height / 2).toList();
    }

    @Override
    public void step() {
        if (lastEpoch() < 0) {
            step(0.0);
            return;
        }
        Tcur++;
        if (Tcur >= Ti) {
            Tcur %= Ti;
            Ti *= TMult;
        }
        lastEpoch(lastEpoch() + 1);
        set(getLr());
    }

    @Override
    public void step(long epoch) {
        step((double) epoch);
    }

    /** Sets the learning rates of the time {@code epoch}, which may lie between two whole steps. */
    public void step(double epoch) {
        if (epoch < 0) {
            throw new IllegalArgumentException("Expected non-negative epoch, but got " + epoch);
        }
        if (epoch < T0) {
            Ti = T0;
            Tcur = epoch;
        } else if (TMult == 1) {
            Tcur = epoch % T0;
        } else {
            int restarts = (int) (Math.log(epoch / T0 * (TMult - 1) + 1) / Math.log(TMult));
            double length = Math.pow(TMult, restarts);
            Tcur = epoch - T0 * (length - 1) / (TMult - 1);
            Ti = T0 * length;
        }
        lastEpoch((long) Math.floor(epoch));
        set(getLr());
    }

    @Override
    protected void state(State state) {
        T0 = state.of("T_0", T0);
        Ti = time(state, "T_i", Ti);
        TMult = state.of("T_mult", TMult);
        etaMin = state.of("eta_min", etaMin);
        Tcur = time(state, "T_cur", Tcur);
    }

    /** In Python a time is a whole number unless it lies between two steps. */
    private static double time(State state, String name, double value) {
        Object number = value == Math.rint(value) ? (Object) (long) value : value;
        return ((Number) state.exchange(name, number)).doubleValue();
    }
}
