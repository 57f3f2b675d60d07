package org.torchbridge.optim.lr;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.Records;
import org.torchbridge.optim.Optimizer;

/**
 * The learning rates go up and down between {@code baseLr} and {@code maxLr}, and the momentum down and up.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html">CyclicLR</a>.
 */
public final class CyclicLR extends LRScheduler {
    private List<Double> maxLrs;
    private double totalSize;
    private double stepRatio;
    private Mode mode;
    private double gamma;
    private ScaleMode scaleMode;
    private boolean cycleMomentum;
    private boolean useBeta1;
    private List<Double> baseMomentums;
    private List<Double> maxMomentums;
    private final @Nullable DoubleUnaryOperator scaleFn;

    /** How the height of the cycles goes on. */
    public enum Mode {
        /** All cycles have the same height. */
        TRIANGULAR,
        /** Each cycle is half as high as the one before. */
        TRIANGULAR2,
        /** The height falls in each step by the factor gamma. */
        EXP_RANGE
    }

    /** What a function of one's own is given. */
    public enum ScaleMode {
        /** The number of the cycle, from 1. */
        CYCLE,
        /** The number of the step. */
        ITERATIONS
    }

    /**
     * stepSizeUp 2000, as many down, triangular, momentum from 0.9 to 0.8, unless set otherwise.
     *
     * @param stepSizeUp how many steps go up
     * @param stepSizeDown how many steps go down; null means as many
     * @param mode how the height of the cycles goes on
     * @param gamma the factor of {@link Mode#EXP_RANGE}
     * @param scaleFn the height by a function of one's own, 0 to 1; then {@code mode} does not count
     * @param scaleMode what that function is given
     * @param cycleMomentum whether the momentum goes down where the rate goes up
     * @param baseMomentum the least momentum, of all groups or of each
     * @param maxMomentum the largest momentum, of all groups or of each
     * @param lastEpoch the number of the last step of a training that goes on
     */
    public record Options(
            long stepSizeUp,
            @Nullable Long stepSizeDown,
            Mode mode,
            double gamma,
            @Nullable DoubleUnaryOperator scaleFn,
            ScaleMode scaleMode,
            boolean cycleMomentum,
            List<Double> baseMomentum,
            List<Double> maxMomentum,
            long lastEpoch) {
        private static final Options DEFAULT = new Options(
                2000, null, Mode.TRIANGULAR, 1, null, ScaleMode.CYCLE, true, List.of(0.8), List.of(0.9), -1);

        public Options stepSizeUp(long stepSizeUp) {
            return Records.with(this, "stepSizeUp", stepSizeUp);
        }

        public Options stepSizeDown(@Nullable Long stepSizeDown) {
            return Records.with(this, "stepSizeDown", stepSizeDown);
        }

        public Options mode(Mode mode) {
            return Records.with(this, "mode", mode);
        }

        public Options gamma(double gamma) {
            return Records.with(this, "gamma", gamma);
        }

        public Options scaleFn(@Nullable DoubleUnaryOperator scaleFn) {
            return Records.with(this, "scaleFn", scaleFn);
        }

        public Options scaleMode(ScaleMode scaleMode) {
            return Records.with(this, "scaleMode", scaleMode);
        }

        public Options cycleMomentum(boolean cycleMomentum) {
            return Records.with(this, "cycleMomentum", cycleMomentum);
        }

        /** One value for all groups, or one for each. */
        public Options baseMomentum(double... baseMomentum) {
            return Records.with(
                    this, "baseMomentum", Arrays.stream(baseMomentum).boxed().toList());
        }

        /** One value for all groups, or one for each. */
        public Options maxMomentum(double... maxMomentum) {
            return Records.with(
                    this, "maxMomentum", Arrays.stream(maxMomentum).boxed().toList());
        }

        public Options lastEpoch(long lastEpoch) {
            return Records.with(this, "lastEpoch", lastEpoch);
        }
    }

    public CyclicLR(Optimizer<?> optimizer, double baseLr, double maxLr) {
        this(optimizer, baseLr, maxLr, options());
    }

    public CyclicLR(Optimizer<?> optimizer, double baseLr, double maxLr, Options options) {
        this(optimizer, forEachGroup(optimizer, baseLr), forEachGroup(optimizer, maxLr), options);
    }

    /** With rates for each group. */
    public CyclicLR(Optimizer<?> optimizer, List<Double> baseLr, List<Double> maxLr, Options options) {
        super(optimizer);
        List<Double> baseLrs = forEachGroup("base_lr", optimizer, baseLr);
        boolean isNew = options.lastEpoch() == -1;
        if (isNew) {
            for (int i = 0; i < baseLrs.size(); i++) {
                groups().get(i).lr(baseLrs.get(i));
            }
        }
        maxLrs = forEachGroup("max_lr", optimizer, maxLr);
        double up = options.stepSizeUp();
        totalSize = up + (options.stepSizeDown() == null ? up : options.stepSizeDown());
        stepRatio = up / totalSize;
        mode = options.mode();
        gamma = options.gamma();
        scaleFn = options.scaleFn();
        scaleMode = options.scaleMode();
        if (scaleFn == null) {
            scaleMode = mode == Mode.EXP_RANGE ? ScaleMode.ITERATIONS : ScaleMode.CYCLE;
        }
        cycleMomentum = options.cycleMomentum();
        baseMomentums = perGroup("base_momentum", options.baseMomentum());
        maxMomentums = perGroup("max_momentum", options.maxMomentum());
        if (cycleMomentum) {
            MomentumCycle.requireMomentum(optimizer);
            useBeta1 = MomentumCycle.usesBeta1(optimizer);
            if (isNew) {
                MomentumCycle.begin(optimizer, baseMomentums, maxMomentums);
            }
        }
        start(options.lastEpoch());
        baseLrs(baseLrs);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    protected List<Double> getLr() {
        double cycle = Math.floor(1 + lastEpoch() / totalSize);
        double time = 1 + lastEpoch() / totalSize - cycle;
        double height = time <= stepRatio ? time / stepRatio : (time - 1) / (stepRatio - 1);
        double scale = scale(scaleMode == ScaleMode.CYCLE ? cycle : lastEpoch());
        List<Double> lrs = new ArrayList<>();
        for (int i = 0; i < maxLrs.size(); i++) {
            double baseLr = baseLrs().get(i);
            lrs.add(baseLr + (maxLrs.get(i) - baseLr) * height * scale);
            if (cycleMomentum) {
                double maxMomentum = maxMomentums.get(i);
                double fall = (maxMomentum - baseMomentums.get(i)) * height;
                MomentumCycle.set(groups().get(i), maxMomentum - fall * scale);
            }
        }
        return lrs;
    }

    private double scale(double time) {
        if (scaleFn != null) {
            return scaleFn.applyAsDouble(time);
        }
        return switch (mode) {
            case TRIANGULAR -> 1;
            case TRIANGULAR2 -> 1 / Math.pow(2, time - 1);
            case EXP_RANGE -> Math.pow(gamma, time);
        };
    }

    @Override
    void exchange(State state) {
        maxLrs = state.of("max_lrs", maxLrs);
        totalSize = state.of("total_size", totalSize);
        stepRatio = state.of("step_ratio", stepRatio);
        mode = state.of("mode", mode);
        gamma = state.of("gamma", gamma);
        scaleMode = state.of("scale_mode", scaleMode);
        cycleMomentum = state.of("cycle_momentum", cycleMomentum);
        if (cycleMomentum) {
            useBeta1 = state.of("use_beta1", useBeta1);
            baseMomentums = state.of("base_momentums", baseMomentums);
            maxMomentums = state.of("max_momentums", maxMomentums);
        }
        super.exchange(state);
        // Python saves functions no more than Java does.
        state.exchange("_scale_fn_custom", null);
    }
}
