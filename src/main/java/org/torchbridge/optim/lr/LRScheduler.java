package org.torchbridge.optim.lr;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.torchbridge.optim.Optimizer;
import org.torchbridge.optim.ParamGroup;

/**
 * Changes the learning rates of an optimizer's groups from step to step.
 *
 * <pre>{@code
 * StepLR scheduler = new StepLR(optimizer, 30);
 * for (int epoch = 0; epoch < 100; epoch++) {
 *     train();
 *     scheduler.step();
 * }
 * }</pre>
 *
 * <p>A subclass computes the rates in {@link #getLr}, lists its fields in {@link #state}, and calls {@link #start} at the
 * end of its constructor. What a group's learning rate was at first is kept in the group as {@code initial_lr}.
 *
 * <p>{@code lastEpoch} in the constructors is the number of the last step of a training that goes on; -1 begins a new
 * one.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LRScheduler.html">LRScheduler</a>.
 */
public abstract class LRScheduler {
    static final String LR = "lr";
    static final String INITIAL_LR = "initial_lr";

    private static final Logger LOGGER = LoggerFactory.getLogger(LRScheduler.class);

    private final Optimizer<?> optimizer;
    private boolean optimizerHasStepped;
    private List<Double> baseLrs = List.of();
    private List<Double> lastLr = List.of();
    private long lastEpoch;
    private long stepCount;
    private boolean initial;

    /**
     * Goes through a scheduler's fields, under Python's names for its attributes: each call returns the given value where
     * a state is saved, and the saved one, if there is one, where a state is loaded.
     */
    public static final class State {
        private final Map<String, @Nullable Object> values;
        private final boolean loading;

        State(Map<String, @Nullable Object> values, boolean loading) {
            this.values = values;
            this.loading = loading;
        }

        public long of(String name, long value) {
            return ((Number) exchange(name, value)).longValue();
        }

        public double of(String name, double value) {
            return ((Number) exchange(name, value)).doubleValue();
        }

        public boolean of(String name, boolean value) {
            return (Boolean) exchange(name, value);
        }

        /** Numbers of any kind as {@code Double}. */
        public List<Double> of(String name, List<Double> value) {
            List<Double> numbers = new ArrayList<>();
            for (Object number : (Iterable<?>) exchange(name, value)) {
                numbers.add(((Number) number).doubleValue());
            }
            return Collections.unmodifiableList(numbers);
        }

        /** In Python a constant is the lower-case text. */
        public <E extends Enum<E>> E of(String name, E value) {
            String text = (String) exchange(name, value.name().toLowerCase(Locale.ROOT));
            return Enum.valueOf(value.getDeclaringClass(), text.toUpperCase(Locale.ROOT));
        }

        boolean isLoading() {
            return loading;
        }

        @Nullable
        Object exchange(String name, @Nullable Object value) {
            if (loading) {
                return values.getOrDefault(name, value);
            }
            values.put(name, value);
            return value;
        }
    }

    protected LRScheduler(Optimizer<?> optimizer) {
        this.optimizer = optimizer;
    }

    // ---- for subclasses

    /**
     * Takes the first step; the last thing that a constructor does.
     *
     * @throws IllegalArgumentException if a training is to go on and a group has no {@code initial_lr}
     */
    protected final void start(long lastEpoch) {
        for (ParamGroup<?> group : groups()) {
            if (lastEpoch == -1 && !group.contains(INITIAL_LR)) {
                group.set(INITIAL_LR, group.lr());
            }
            if (!group.contains(INITIAL_LR)) {
                throw new IllegalArgumentException("param 'initial_lr' is not specified in param_groups["
                        + groups().indexOf(group) + "] when resuming an optimizer; load the optimizer's state first");
            }
        }
        optimizer.registerStepPostHook(stepped -> optimizerHasStepped = true);
        baseLrs = each(group -> group.number(INITIAL_LR));
        this.lastEpoch = lastEpoch;
        initialStep();
    }

    /** Begins again with the next step. */
    void initialStep() {
        stepCount = 0;
        initial = true;
        step();
        initial = false;
    }

    /** The learning rates of this step, one for each group. */
    protected abstract List<Double> getLr();

    /**
     * The learning rates at {@code lastEpoch()} if nothing else had changed them, for schedulers whose {@link #getLr}
     * starts from the rates there are; by default the same.
     */
    protected List<Double> closedFormLr() {
        return getLr();
    }

    /** Passes all fields that change or make a difference through {@code state}. */
    protected void state(State state) {}

    /** Whether this step is the one in the constructor. */
    protected final boolean isInitial() {
        return initial;
    }

    protected final long stepCount() {
        return stepCount;
    }

    /** The groups' learning rates at first. */
    protected final List<Double> baseLrs() {
        return baseLrs;
    }

    final void baseLrs(List<Double> baseLrs) {
        this.baseLrs = baseLrs;
    }

    protected final List<? extends ParamGroup<?>> groups() {
        return optimizer.paramGroups();
    }

    /** A number for each group. */
    protected final List<Double> each(ToDoubleFunction<ParamGroup<?>> number) {
        List<Double> numbers = new ArrayList<>();
        groups().forEach(group -> numbers.add(number.applyAsDouble(group)));
        return Collections.unmodifiableList(numbers);
    }

    /** The learning rate that each group has now, times {@code factor}. */
    protected final List<Double> scaled(double factor) {
        return each(group -> group.lr() * factor);
    }

    /** The learning rate that each group has now. */
    protected final List<Double> unchanged() {
        return each(ParamGroup::lr);
    }

    /** Each group's learning rate at first, times {@code factor}. */
    protected final List<Double> scaledBase(double factor) {
        return baseLrs.stream().map(lr -> lr * factor).toList();
    }

    // ---- for users

    public final Optimizer<?> optimizer() {
        return optimizer;
    }

    /** The number of the last step; 0 is the one in the constructor. */
    public final long lastEpoch() {
        return lastEpoch;
    }

    /** The learning rates that were set last, one for each group. */
    public final List<Double> getLastLr() {
        return lastLr;
    }

    /** Sets the learning rates of the next step. */
    public void step() {
        countStep();
        lastEpoch++;
        set(getLr());
    }

    /** Sets the learning rates of step number {@code epoch}, as if no step had been left out. */
    public void step(long epoch) {
        countStep();
        jump(epoch);
    }

    private void countStep() {
        if (stepCount == 1 && !optimizerHasStepped) {
            LOGGER.warn("Detected call of `lr_scheduler.step()` before `optimizer.step()`. You should call them in the"
                    + " opposite order; otherwise the first value of the learning rate schedule is skipped.");
        }
        stepCount++;
    }

    /** Goes to step number {@code epoch} without counting it. */
    void jump(long epoch) {
        lastEpoch = epoch;
        set(closedFormLr());
    }

    void set(List<Double> lrs) {
        for (int i = 0; i < lrs.size(); i++) {
            groups().get(i).lr(lrs.get(i));
        }
        rememberLrs();
    }

    final void rememberLrs() {
        lastLr = unchanged();
    }

    final void lastLr(List<Double> lrs) {
        lastLr = lrs;
    }

    final void lastEpoch(long epoch) {
        lastEpoch = epoch;
    }

    /** Takes a step back that was taken too early. */
    void undo() {
        lastEpoch--;
    }

    /** The state of this scheduler as Python's {@code state_dict()} has it. */
    public final Map<String, @Nullable Object> stateDict() {
        Map<String, Object> values = new LinkedHashMap<>();
        exchange(new State(values, false));
        return values;
    }

    /** Takes over a state that {@link #stateDict} or Python gave; what it lacks stays as it is. */
    public final void loadStateDict(Map<String, ? extends @Nullable Object> stateDict) {
        exchange(new State(new LinkedHashMap<>(stateDict), true));
    }

    void exchange(State state) {
        state(state);
        baseLrs = state.of("base_lrs", baseLrs);
        exchangeSteps(state);
    }

    final void exchangeSteps(State state) {
        lastEpoch = state.of("last_epoch", lastEpoch);
        stepCount = state.of("_step_count", stepCount);
        initial = state.of("_is_initial", initial);
        state.of("_get_lr_called_within_step", false);
        exchangeLastLr(state);
    }

    final void exchangeLastLr(State state) {
        lastLr = state.of("_last_lr", lastLr);
    }

    // ---- values for each group

    /** One value for all groups, or one for each. */
    final List<Double> perGroup(String name, List<Double> values) {
        return values.size() == 1 ? forEachGroup(optimizer, values.get(0)) : forEachGroup(name, optimizer, values);
    }

    static List<Double> forEachGroup(Optimizer<?> optimizer, double value) {
        return Collections.nCopies(optimizer.paramGroups().size(), value);
    }

    static <T> List<T> forEachGroup(String name, Optimizer<?> optimizer, List<T> values) {
        int groups = optimizer.paramGroups().size();
        if (values.size() != groups) {
            throw new IllegalArgumentException(name + " must have the same length as optimizer.param_groups. " + name
                    + " has " + values.size() + " values, param_groups has " + groups + ".");
        }
        return List.copyOf(values);
    }
}
