package org.torchbridge.optim.lr;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.Records;
import org.torchbridge.optim.Optimizer;

/**
 * The learning rates rise from {@code maxLr / divFactor} to {@code maxLr} and fall far below the first ones, in one cycle of
 * {@code totalSteps} steps; the momentum falls and rises. The scheduler's step follows each batch.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html">OneCycleLR</a>.
 */
public final class OneCycleLR extends LRScheduler {
    private static final String MAX_LR = "max_lr";
    private static final String MIN_LR = "min_lr";
    private static final String MAX_MOMENTUM = "max_momentum";
    private static final String BASE_MOMENTUM = "base_momentum";

    private long totalSteps;
    private List<Phase> schedulePhases;
    private AnnealStrategy annealStrategy;
    private boolean cycleMomentum;
    private boolean useBeta1;

    /** A part of the cycle, by the names of what the groups have at its start and end. */
    private record Phase(Number endStep, String startLr, String endLr, String startMomentum, String endMomentum) {
        static Phase of(Map<?, ?> saved) {
            return new Phase(
                    (Number) saved.get("end_step"),
                    (String) saved.get("start_lr"),
                    (String) saved.get("end_lr"),
                    (String) saved.get("start_momentum"),
                    (String) saved.get("end_momentum"));
        }

        Map<String, Object> toPython() {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("end_step", endStep);
            values.put("start_lr", startLr);
            values.put("end_lr", endLr);
            values.put("start_momentum", startMomentum);
            values.put("end_momentum", endMomentum);
            return values;
        }
    }

    /**
     * pctStart 0.3, cosine, momentum from 0.95 to 0.85, divFactor 25, finalDivFactor 1e4, two phases, unless set otherwise.
     *
     * @param totalSteps the length of the cycle; null means {@code epochs} times {@code stepsPerEpoch}
     * @param epochs how many epochs there are
     * @param stepsPerEpoch how many steps an epoch has
     * @param pctStart the share of the steps in which the rates rise, 0 to 1
     * @param annealStrategy how they rise and fall
     * @param cycleMomentum whether the momentum falls where the rate rises
     * @param baseMomentum the least momentum, of all groups or of each
     * @param maxMomentum the largest momentum, of all groups or of each
     * @param divFactor the largest rate divided by the first one
     * @param finalDivFactor the first rate divided by the least
     * @param threePhase whether the rates first fall to the first ones as they rose, and from there to the least
     * @param lastEpoch the number of the last step of a training that goes on
     */
    public record Options(
            @Nullable Long totalSteps,
            @Nullable Long epochs,
            @Nullable Long stepsPerEpoch,
            double pctStart,
            AnnealStrategy annealStrategy,
            boolean cycleMomentum,
            List<Double> baseMomentum,
            List<Double> maxMomentum,
            double divFactor,
            double finalDivFactor,
            boolean threePhase,
            long lastEpoch) {
        private static final Options DEFAULT = new Options(
                null, null, null, 0.3, AnnealStrategy.COS, true, List.of(0.85), List.of(0.95), 25, 1e4, false, -1);

        public Options {
            if (!(pctStart >= 0 && pctStart <= 1)) {
                throw new IllegalArgumentException("Expected float between 0 and 1 pct_start, but got " + pctStart);
            }
        }

        public Options totalSteps(@Nullable Long totalSteps) {
            return Records.with(this, "totalSteps", totalSteps);
        }

        public Options epochs(@Nullable Long epochs) {
            return Records.with(this, "epochs", epochs);
        }

        public Options stepsPerEpoch(@Nullable Long stepsPerEpoch) {
            return Records.with(this, "stepsPerEpoch", stepsPerEpoch);
        }

        public Options pctStart(double pctStart) {
            return Records.with(this, "pctStart", pctStart);
        }

        public Options annealStrategy(AnnealStrategy annealStrategy) {
            return Records.with(this, "annealStrategy", annealStrategy);
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

        public Options divFactor(double divFactor) {
            return Records.with(this, "divFactor", divFactor);
        }

        public Options finalDivFactor(double finalDivFactor) {
            return Records.with(this, "finalDivFactor", finalDivFactor);
        }

        public Options threePhase(boolean threePhase) {
            return Records.with(this, "threePhase", threePhase);
        }

        public Options lastEpoch(long lastEpoch) {
            return Records.with(this, "lastEpoch", lastEpoch);
        }
    }

    public OneCycleLR(Optimizer<?> optimizer, double maxLr, long totalSteps) {
        this(optimizer, maxLr, options().totalSteps(totalSteps));
    }

    public OneCycleLR(Optimizer<?> optimizer, double maxLr, Options options) {
        this(optimizer, forEachGroup(optimizer, maxLr), options);
    }

    /** With a rate for each group. */
    public OneCycleLR(Optimizer<?> optimizer, List<Double> maxLr, Options options) {
        super(optimizer);
        totalSteps = totalSteps(options);
        schedulePhases = phases(options);
        annealStrategy = options.annealStrategy();
        cycleMomentum = options.cycleMomentum();
        List<Double> maxLrs = forEachGroup(MAX_LR, optimizer, maxLr);
        boolean isNew = options.lastEpoch() == -1;
        for (int i = 0; isNew && i < maxLrs.size(); i++) {
            double initialLr = maxLrs.get(i) / options.divFactor();
            groups().get(i).set(INITIAL_LR, initialLr);
            groups().get(i).set(MAX_LR, maxLrs.get(i));
            groups().get(i).set(MIN_LR, initialLr / options.finalDivFactor());
        }
        if (cycleMomentum) {
            MomentumCycle.requireMomentum(optimizer);
            useBeta1 = MomentumCycle.usesBeta1(optimizer);
            List<Double> maxMomentums = perGroup(MAX_MOMENTUM, options.maxMomentum());
            List<Double> baseMomentums = perGroup(BASE_MOMENTUM, options.baseMomentum());
            if (isNew) {
                MomentumCycle.begin(optimizer, baseMomentums, maxMomentums);
            }
        }
        start(options.lastEpoch());
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    private static long totalSteps(Options options) {
        if (options.totalSteps() != null) {
            return positive("total_steps", options.totalSteps());
        }
        if (options.epochs() == null || options.stepsPerEpoch() == null) {
            throw new IllegalArgumentException("You must define either total_steps OR (epochs AND steps_per_epoch)");
        }
        return positive("epochs", options.epochs()) * positive("steps_per_epoch", options.stepsPerEpoch());
    }

    private static long positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("Expected positive integer " + name + ", but got " + value);
        }
        return value;
    }

    private List<Phase> phases(Options options) {
        double peak = options.pctStart() * totalSteps - 1;
        long last = totalSteps - 1;
        Phase rise = new Phase(peak, INITIAL_LR, MAX_LR, MAX_MOMENTUM, BASE_MOMENTUM);
        if (!options.threePhase()) {
            return List.of(rise, new Phase(last, MAX_LR, MIN_LR, BASE_MOMENTUM, MAX_MOMENTUM));
        }
        double back = 2 * options.pctStart() * totalSteps - 2;
        return List.of(
                rise,
                new Phase(back, MAX_LR, INITIAL_LR, BASE_MOMENTUM, MAX_MOMENTUM),
                new Phase(last, INITIAL_LR, MIN_LR, MAX_MOMENTUM, MAX_MOMENTUM));
    }

    @Override
    protected List<Double> getLr() {
        if (lastEpoch() > totalSteps) {
            throw new IllegalArgumentException(
                    "Tried to step " + lastEpoch() + " times. The specified number of total steps is " + totalSteps);
        }
        double start = 0;
        int current = 0;
        while (current < schedulePhases.size() - 1 && lastEpoch() > end(current)) {
            start = end(current++);
        }
        Phase phase = schedulePhases.get(current);
        double share = (lastEpoch() - start) / (end(current) - start);
        List<Double> lrs =
                each(group -> annealStrategy.between(group.number(phase.startLr), group.number(phase.endLr), share));
        if (cycleMomentum) {
            groups().forEach(group -> MomentumCycle.set(
                    group,
                    annealStrategy.between(group.number(phase.startMomentum), group.number(phase.endMomentum), share)));
        }
        return lrs;
    }

    private double end(int phase) {
        return schedulePhases.get(phase).endStep.doubleValue();
    }

    @Override
    protected void state(State state) {
        totalSteps = state.of("total_steps", totalSteps);
        List<?> saved = schedulePhases.stream().map(Phase::toPython).toList();
        schedulePhases = ((List<?>) state.exchange("_schedule_phases", saved))
                .stream().map(phase -> Phase.of((Map<?, ?>) phase)).toList();
        annealStrategy = state.of("_anneal_func_type", annealStrategy);
        cycleMomentum = state.of("cycle_momentum", cycleMomentum);
        if (cycleMomentum) {
            useBeta1 = state.of("use_beta1", useBeta1);
        }
    }
}
