package org.torchbridge.optim.lr;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.Records;
import org.torchbridge.optim.Optimizer;

/**
 * The learning rates are multiplied by {@code factor} when a metric has not become better for more than {@code patience}
 * steps. Its {@code step} takes the metric.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html">ReduceLROnPlateau</a>.
 */
public final class ReduceLROnPlateau extends LRScheduler {
    private double factor;
    private @Nullable Double defaultMinLr;
    private List<Double> minLrs;
    private long patience;
    private long cooldown;
    private double eps;
    private Mode mode;
    private double threshold;
    private ThresholdMode thresholdMode;
    private double best;
    private long cooldownCounter;
    private long numBadEpochs;

    /** Which metric is better. */
    public enum Mode {
        /** A smaller one. */
        MIN,
        /** A larger one. */
        MAX
    }

    /** How much better a metric has to be. */
    public enum ThresholdMode {
        /** By a share of the best one. */
        REL,
        /** By a constant. */
        ABS
    }

    /**
     * the smaller metric is better, factor 0.1, patience 10, threshold 1e-4 relative, no cooldown, minLr 0, eps 1e-8, unless set otherwise.
     *
     * @param mode which metric is better
     * @param factor by what the learning rates are multiplied, less than 1
     * @param patience how many steps without a better metric are tolerated
     * @param threshold how much better a metric has to be
     * @param thresholdMode whether that is a share or a constant
     * @param cooldown how many steps after a change are not counted
     * @param minLr the least learning rate, of all groups or of each
     * @param eps the least change; smaller ones are not made
     */
    public record Options(
            Mode mode,
            double factor,
            long patience,
            double threshold,
            ThresholdMode thresholdMode,
            long cooldown,
            List<Double> minLr,
            double eps) {
        private static final Options DEFAULT =
                new Options(Mode.MIN, 0.1, 10, 1e-4, ThresholdMode.REL, 0, List.of(0.0), 1e-8);

        public Options {
            if (factor >= 1) {
                throw new IllegalArgumentException("factor is " + factor + "; less than 1 is expected");
            }
        }

        public Options mode(Mode mode) {
            return Records.with(this, "mode", mode);
        }

        public Options factor(double factor) {
            return Records.with(this, "factor", factor);
        }

        public Options patience(long patience) {
            return Records.with(this, "patience", patience);
        }

        public Options threshold(double threshold) {
            return Records.with(this, "threshold", threshold);
        }

        public Options thresholdMode(ThresholdMode thresholdMode) {
            return Records.with(this, "thresholdMode", thresholdMode);
        }

        public Options cooldown(long cooldown) {
            return Records.with(this, "cooldown", cooldown);
        }

        /** One value for all groups, or one for each. */
        public Options minLr(double... minLr) {
            return Records.with(this, "minLr", Arrays.stream(minLr).boxed().toList());
        }

        public Options eps(double eps) {
            return Records.with(this, "eps", eps);
        }
    }

    public ReduceLROnPlateau(Optimizer<?> optimizer) {
        this(optimizer, options());
    }

    public ReduceLROnPlateau(Optimizer<?> optimizer, Options options) {
        super(optimizer);
        factor = options.factor();
        defaultMinLr = options.minLr().size() == 1 ? options.minLr().get(0) : null;
        minLrs = perGroup("min_lr", options.minLr());
        patience = options.patience();
        cooldown = options.cooldown();
        eps = options.eps();
        mode = options.mode();
        threshold = options.threshold();
        thresholdMode = options.thresholdMode();
        best = worst();
        rememberLrs();
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** Refused: this scheduler needs the metric. */
    @Override
    public void step() {
        throw new IllegalArgumentException("ReduceLROnPlateau goes by a metric; step(metrics) is expected");
    }

    /** Takes a metric that is a whole number. */
    @Override
    public void step(long metrics) {
        step((double) metrics);
    }

    /** Takes the metric of an epoch and sets the learning rates of the next. */
    public void step(double metrics) {
        lastEpoch(lastEpoch() + 1);
        if (isBetter(metrics)) {
            best = metrics;
            numBadEpochs = 0;
        } else {
            numBadEpochs++;
        }
        if (cooldownCounter > 0) {
            cooldownCounter--;
            numBadEpochs = 0;
        }
        if (numBadEpochs > patience) {
            set(getLr());
            cooldownCounter = cooldown;
            numBadEpochs = 0;
        }
        rememberLrs();
    }

    @Override
    protected List<Double> getLr() {
        if (groups().size() != minLrs.size()) {
            if (defaultMinLr == null) {
                throw new IllegalArgumentException("the optimizer has " + groups().size()
                        + " param groups, but there are " + minLrs.size() + " values of min_lr");
            }
            minLrs = Collections.nCopies(groups().size(), defaultMinLr);
        }
        List<Double> lrs = new ArrayList<>();
        for (int i = 0; i < minLrs.size(); i++) {
            double old = groups().get(i).lr();
            double reduced = Math.max(old * factor, minLrs.get(i));
            lrs.add(old - reduced > eps ? reduced : old);
        }
        return lrs;
    }

    private boolean isBetter(double metric) {
        boolean relative = thresholdMode == ThresholdMode.REL;
        if (mode == Mode.MIN) {
            return metric < (relative ? best * (1 - threshold) : best - threshold);
        }
        return metric > (relative ? best * (threshold + 1) : best + threshold);
    }

    private double worst() {
        return mode == Mode.MIN ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }

    @Override
    void exchange(State state) {
        factor = state.of("factor", factor);
        Object saved = state.exchange("default_min_lr", defaultMinLr);
        defaultMinLr = saved == null ? null : ((Number) saved).doubleValue();
        minLrs = state.of("min_lrs", minLrs);
        patience = state.of("patience", patience);
        cooldown = state.of("cooldown", cooldown);
        eps = state.of("eps", eps);
        lastEpoch(state.of("last_epoch", lastEpoch()));
        exchangeLastLr(state);
        state.of("mode_worse", worst());
        mode = state.of("mode", mode);
        threshold = state.of("threshold", threshold);
        thresholdMode = state.of("threshold_mode", thresholdMode);
        best = state.of("best", best);
        cooldownCounter = state.of("cooldown_counter", cooldownCounter);
        numBadEpochs = state.of("num_bad_epochs", numBadEpochs);
    }
}
