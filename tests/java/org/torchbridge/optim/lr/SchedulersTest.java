package org.torchbridge.optim.lr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.Torch;
import org.torchbridge.nn.Parameter;
import org.torchbridge.optim.Adagrad;
import org.torchbridge.optim.Adam;
import org.torchbridge.optim.Optimizer;
import org.torchbridge.optim.ParamGroup;
import org.torchbridge.optim.SGD;
import org.torchbridge.testing.JsonLines;

/** 60 steps of each scheduler against Python, and its state. */
class SchedulersTest {
    private static final int SAVED_AT = 25;
    /** Some units in the last place: cosines and powers of both languages may differ by one. */
    private static final double EXACT = 1e-13;

    private static final Map<String, Map<String, Object>> PYTHON = JsonLines.byName("/optim/schedules.jsonl");
    private static final Map<String, Function<Optimizer<?>, LRScheduler>> SCHEDULERS = new LinkedHashMap<>();

    static {
        SCHEDULERS.put("lambda_lr", o -> new LambdaLR(o, epoch -> Math.pow(0.95, epoch)));
        SCHEDULERS.put(
                "lambda_lr_groups",
                o -> new LambdaLR(
                        o, List.of(epoch -> 1.0 / (1 + epoch), epoch -> Math.pow(0.9, Math.floorDiv(epoch, 10)))));
        SCHEDULERS.put("multiplicative", o -> new MultiplicativeLR(o, epoch -> 0.95));
        SCHEDULERS.put("step", o -> new StepLR(o, 10));
        SCHEDULERS.put("step_gamma", o -> new StepLR(o, 7, 0.6));
        SCHEDULERS.put("multi_step", o -> new MultiStepLR(o, List.of(5, 20, 20, 40)));
        SCHEDULERS.put("multi_step_gamma", o -> new MultiStepLR(o, List.of(3, 30), 0.5));
        SCHEDULERS.put("constant", ConstantLR::new);
        SCHEDULERS.put("constant_options", o -> new ConstantLR(o, 0.7, 12));
        SCHEDULERS.put("linear", LinearLR::new);
        SCHEDULERS.put(
                "linear_options",
                o -> new LinearLR(
                        o, LinearLR.options().startFactor(0.9).endFactor(0.2).totalIters(33)));
        SCHEDULERS.put("exponential", o -> new ExponentialLR(o, 0.93));
        SCHEDULERS.put("polynomial", PolynomialLR::new);
        SCHEDULERS.put("polynomial_options", o -> new PolynomialLR(o, 40, 1.7));
        SCHEDULERS.put("cosine", o -> new CosineAnnealingLR(o, 13));
        SCHEDULERS.put("cosine_min", o -> new CosineAnnealingLR(o, 20, 0.01));
        SCHEDULERS.put("restarts", o -> new CosineAnnealingWarmRestarts(o, 7));
        SCHEDULERS.put("restarts_options", o -> new CosineAnnealingWarmRestarts(o, 5, 2, 0.01));
        SCHEDULERS.put(
                "cyclic", o -> new CyclicLR(o, 0.01, 0.1, CyclicLR.options().stepSizeUp(6)));
        SCHEDULERS.put(
                "cyclic_options",
                o -> new CyclicLR(
                        o,
                        List.of(0.01, 0.02),
                        List.of(0.1, 0.3),
                        CyclicLR.options()
                                .stepSizeUp(5)
                                .stepSizeDown(9L)
                                .mode(CyclicLR.Mode.TRIANGULAR2)
                                .baseMomentum(0.7)
                                .maxMomentum(0.95)));
        SCHEDULERS.put(
                "cyclic_range",
                o -> new CyclicLR(
                        o,
                        0.01,
                        0.1,
                        CyclicLR.options()
                                .stepSizeUp(6)
                                .mode(CyclicLR.Mode.EXP_RANGE)
                                .gamma(0.98)
                                .cycleMomentum(false)));
        SCHEDULERS.put(
                "cyclic_function",
                o -> new CyclicLR(
                        o,
                        0.01,
                        0.1,
                        CyclicLR.options()
                                .stepSizeUp(6)
                                .scaleFn(x -> x == 0 ? 1 : 1 / x)
                                .scaleMode(CyclicLR.ScaleMode.ITERATIONS)));
        SCHEDULERS.put("one_cycle", o -> new OneCycleLR(o, 0.3, 60));
        SCHEDULERS.put(
                "one_cycle_options",
                o -> new OneCycleLR(
                        o,
                        List.of(0.3, 0.2),
                        OneCycleLR.options()
                                .epochs(12L)
                                .stepsPerEpoch(5L)
                                .pctStart(0.25)
                                .annealStrategy(AnnealStrategy.LINEAR)
                                .baseMomentum(0.8)
                                .maxMomentum(0.9)
                                .divFactor(10)
                                .finalDivFactor(100)
                                .threePhase(true)));
        SCHEDULERS.put(
                "one_cycle_rates",
                o -> new OneCycleLR(o, 0.3, OneCycleLR.options().totalSteps(60L).cycleMomentum(false)));
        SCHEDULERS.put("one_cycle_betas", o -> new OneCycleLR(o, 0.3, 60));
        SCHEDULERS.put("swa", o -> new SWALR(o, 0.03));
        SCHEDULERS.put("swa_options", o -> new SWALR(o, List.of(0.03, 0.9), 15, AnnealStrategy.LINEAR, -1));
        SCHEDULERS.put(
                "sequential",
                o -> new SequentialLR(
                        o,
                        List.of(new ConstantLR(o, 0.1, 5), new ExponentialLR(o, 0.9), new StepLR(o, 4, 0.5)),
                        List.of(8, 30)));
        SCHEDULERS.put(
                "sequential_restarts",
                o -> new SequentialLR(
                        o,
                        List.of(new LinearLR(o, LinearLR.options().totalIters(8)), new CosineAnnealingLR(o, 30)),
                        List.of(8)));
        SCHEDULERS.put(
                "chained", o -> new ChainedScheduler(List.of(new ConstantLR(o, 0.1, 12), new ExponentialLR(o, 0.9))));
        SCHEDULERS.put(
                "plateau",
                o -> new ReduceLROnPlateau(o, ReduceLROnPlateau.options().patience(3)));
        SCHEDULERS.put(
                "plateau_options",
                o -> new ReduceLROnPlateau(
                        o,
                        ReduceLROnPlateau.options()
                                .mode(ReduceLROnPlateau.Mode.MAX)
                                .factor(0.5)
                                .patience(1)
                                .threshold(0.05)
                                .thresholdMode(ReduceLROnPlateau.ThresholdMode.ABS)
                                .cooldown(4)
                                .minLr(0.02, 0.001)
                                .eps(0.002)));
        SCHEDULERS.put(
                "plateau_relative",
                o -> new ReduceLROnPlateau(
                        o,
                        ReduceLROnPlateau.options()
                                .mode(ReduceLROnPlateau.Mode.MAX)
                                .factor(0.5)
                                .patience(2)
                                .threshold(0.1)
                                .minLr(0.001)));
        SCHEDULERS.put(
                "plateau_absolute",
                o -> new ReduceLROnPlateau(
                        o,
                        ReduceLROnPlateau.options()
                                .factor(0.5)
                                .patience(2)
                                .threshold(0.01)
                                .thresholdMode(ReduceLROnPlateau.ThresholdMode.ABS)));
    }

    static Stream<String> names() {
        return PYTHON.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void ratesAndMomentaArePythons(String name) {
        Optimizer<?> optimizer = optimizer(name);
        LRScheduler scheduler = SCHEDULERS.get(name).apply(optimizer);
        check(name, optimizer, scheduler, 0);
    }

    /** A scheduler and an optimizer that are new go on from the states of others. */
    @ParameterizedTest
    @MethodSource("names")
    void schedulesGoOnFromAState(String name) {
        Optimizer<?> optimizer = optimizer(name);
        LRScheduler scheduler = SCHEDULERS.get(name).apply(optimizer);
        for (int step = 0; step < SAVED_AT; step++) {
            step(scheduler, step);
        }
        assertSame(name, scheduler.stateDict(), PYTHON.get(name).get("state"));

        Optimizer<?> other = optimizer(name);
        LRScheduler loaded = SCHEDULERS.get(name).apply(other);
        loaded.loadStateDict(JsonLines.dict(PYTHON.get(name).get("state")));
        other.loadStateDict(optimizer.stateDict());
        check(name, other, loaded, SAVED_AT);
    }

    private static void check(String name, Optimizer<?> optimizer, LRScheduler scheduler, int from) {
        List<Object> rates = JsonLines.list(PYTHON.get(name).get("rates"));
        List<Object> momenta = JsonLines.list(PYTHON.get(name).get("momenta"));
        for (int step = from; step < rates.size(); step++) {
            String where = name + " " + step;
            assertSame(
                    where, optimizer.paramGroups().stream().map(ParamGroup::lr).toList(), rates.get(step));
            assertSame(where, scheduler.getLastLr(), rates.get(step));
            assertSame(
                    where,
                    optimizer.paramGroups().stream()
                            .map(SchedulersTest::momentum)
                            .toList(),
                    momenta.get(momenta.size() == 1 ? 0 : step));
            if (step < rates.size() - 1) {
                step(scheduler, step);
            }
        }
    }

    private static void step(LRScheduler scheduler, int step) {
        scheduler.optimizer().step();
        if (scheduler instanceof ReduceLROnPlateau plateau) {
            plateau.step(Math.rint((1 + 0.3 * Math.cos(0.7 * step) + 0.5 / (1 + step)) * 1e6) / 1e6);
        } else {
            scheduler.step();
        }
    }

    private static Object momentum(ParamGroup<?> group) {
        return group.contains("betas") ? ((List<?>) group.get("betas")).get(0) : group.get("momentum");
    }

    private static Optimizer<?> optimizer(String name) {
        List<Parameter> first = List.of(new Parameter(Torch.zeros(1)));
        List<Parameter> second = List.of(new Parameter(Torch.zeros(1)));
        if (name.endsWith("betas")) {
            Adam adam = new Adam(first, 0.5);
            adam.addParamGroup(second, Adam.options().lr(0.05));
            return adam;
        }
        SGD sgd = new SGD(first, SGD.options().lr(0.5).momentum(0.9));
        sgd.addParamGroup(second, SGD.options().lr(0.05).momentum(0.9));
        return sgd;
    }

    @Test
    void aStepMayJump() {
        Optimizer<?> optimizer = optimizer("");
        StepLR scheduler = new StepLR(optimizer, 10, 0.5);
        optimizer.step();
        scheduler.step(35);
        assertThat(optimizer.paramGroups().get(0).lr()).isEqualTo(0.5 / 8);
        assertThat(scheduler.lastEpoch()).isEqualTo(35);

        CosineAnnealingWarmRestarts restarts = new CosineAnnealingWarmRestarts(optimizer("adam"), 10, 2);
        restarts.step(20.5);
        double rate = 0.25 * (1 + Math.cos(Math.PI * 10.5 / 20));
        assertThat(restarts.getLastLr().get(0)).isCloseTo(rate, offset(1e-12));
        assertThat(restarts.lastEpoch()).isEqualTo(20);
    }

    @Test
    void aTrainingGoesOnFromTheLastEpoch() {
        Optimizer<?> optimizer = optimizer("");
        assertThatThrownBy(() -> new ExponentialLR(optimizer, 0.9, 4))
                .hasMessageContaining("param 'initial_lr' is not specified in param_groups[0]");
        ExponentialLR scheduler = new ExponentialLR(optimizer, 0.9);
        step(scheduler, 0);
        ExponentialLR resumed = new ExponentialLR(optimizer, 0.9, scheduler.lastEpoch());
        assertThat(resumed.getLastLr()).isEqualTo(scheduler.getLastLr());
        step(resumed, 1);
        assertThat(optimizer.paramGroups().get(0).lr()).isCloseTo(0.5 * 0.81, offset(1e-15));
    }

    @Test
    void betasCycleToo() {
        Adam optimizer = new Adam(List.of(new Parameter(Torch.zeros(1))));
        CyclicLR scheduler =
                new CyclicLR(optimizer, 0.01, 0.1, CyclicLR.options().stepSizeUp(4));
        assertThat(optimizer.paramGroups().get(0).options().betas()).containsExactly(0.9, 0.999);
        step(scheduler, 0);
        step(scheduler, 1);
        assertThat(optimizer.paramGroups().get(0).options().betas().get(0)).isCloseTo(0.85, offset(1e-12));
    }

    @Test
    void whatCannotBeIsRefused() {
        Optimizer<?> optimizer = optimizer("");
        assertThatThrownBy(() -> new ConstantLR(optimizer, 1.5, 3)).hasMessageContaining("between 0 and 1, not 1.5");
        assertThatThrownBy(() -> LinearLR.options().startFactor(0)).hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> new LambdaLR(optimizer, List.of(epoch -> 1.0)))
                .hasMessageContaining("lr_lambda has 1 values, param_groups has 2");
        assertThatThrownBy(() -> new CosineAnnealingWarmRestarts(optimizer, 0))
                .hasMessage("Expected positive integer T_0, but got 0");
        assertThatThrownBy(() -> new OneCycleLR(optimizer, 0.1, OneCycleLR.options()))
                .hasMessage("You must define either total_steps OR (epochs AND steps_per_epoch)");
        assertThatThrownBy(() -> new ReduceLROnPlateau(optimizer).step())
                .hasMessageContaining("step(metrics) is expected");
        assertThatThrownBy(() -> new ChainedScheduler(List.of(new ReduceLROnPlateau(optimizer))))
                .hasMessageContaining("does not support `ReduceLROnPlateau`");
        assertThatThrownBy(() -> new SequentialLR(
                        optimizer, List.of(new StepLR(optimizer, 1), new StepLR(optimizer, 2)), List.of()))
                .hasMessageContaining("number of schedulers 2");
        Optimizer<?> other = optimizer("");
        assertThatThrownBy(() -> new ChainedScheduler(List.of(new StepLR(optimizer, 1), new StepLR(other, 2))))
                .hasMessageContaining("the same optimizer");
        Adagrad adagrad = new Adagrad(List.of(new Parameter(Torch.zeros(1))));
        assertThatThrownBy(() -> new OneCycleLR(adagrad, 0.1, 5)).hasMessageContaining("Adagrad does not");
        OneCycleLR finished = new OneCycleLR(optimizer, 0.1, 2);
        step(finished, 0);
        step(finished, 1);
        assertThatThrownBy(finished::step).hasMessageContaining("Tried to step 3 times");
    }

    /** A scheduler of one's own. */
    @Test
    void schedulersCanBeWritten() {
        final class Halving extends LRScheduler {
            Halving(Optimizer<?> optimizer) {
                super(optimizer);
                start(-1);
            }

            @Override
            protected List<Double> getLr() {
                return isInitial() ? unchanged() : scaled(0.5);
            }
        }
        Optimizer<?> optimizer = optimizer("");
        Halving scheduler = new Halving(optimizer);
        step(scheduler, 0);
        assertThat(scheduler.getLastLr()).containsExactly(0.25, 0.025);
    }

    /** Keys and their order, and values; numbers by their value. */
    private static void assertSame(String path, Object actual, Object expected) {
        if (expected instanceof Map<?, ?> map) {
            Map<String, Object> given = JsonLines.dict(actual);
            assertThat(new ArrayList<Object>(given.keySet())).as(path).isEqualTo(new ArrayList<Object>(map.keySet()));
            map.forEach((key, value) -> assertSame(path + "/" + key, given.get(key), value));
        } else if (expected instanceof List<?> list) {
            assertThat(JsonLines.list(actual)).as(path).hasSameSizeAs(list);
            for (int i = 0; i < list.size(); i++) {
                assertSame(path + "/" + i, JsonLines.list(actual).get(i), list.get(i));
            }
        } else if (expected instanceof Number number && Double.isFinite(number.doubleValue())) {
            assertThat(((Number) actual).doubleValue())
                    .as(path)
                    .isCloseTo(number.doubleValue(), offset(EXACT * Math.max(1e-3, Math.abs(number.doubleValue()))));
        } else {
            assertThat(actual).as(path).isEqualTo(expected);
        }
    }
}
