package org.torchbridge.optim;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Layout;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.HookList;
import org.torchbridge.internal.NativeAutograd;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.nn.Parameter;

/**
 * Changes parameters step by step along their gradients.
 *
 * <pre>{@code
 * SGD optimizer = new SGD(model.parameters(), SGD.options().lr(0.1).momentum(0.9));
 * optimizer.zeroGrad();
 * loss.forward(model.call(x), y).backward();
 * optimizer.step();
 * }</pre>
 *
 * <p>Parameters are in groups with options of their own; a group's options can change between steps. A parameter
 * without a gradient is passed over. Complex parameters are updated as if they were two real ones.
 *
 * <p>Python's options {@code foreach} and {@code fused} choose between implementations that give the same; here an
 * optimizer always works on all parameters of a kind at once. {@code capturable} serves CUDA graphs, and {@code
 * differentiable} records a step for a second derivative; neither is offered. State dicts carry all four along.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/optim.html">torch.optim</a>.
 *
 * @param <O> the options of a group
 */
public abstract class Optimizer<O extends Optimizer.Options<O>> {
    private static final String STATE = "state";
    private static final String PARAM_GROUPS = "param_groups";
    private static final HookList<Consumer<Optimizer<?>>> ALL_STEP_PRE_HOOKS = new HookList<>();
    private static final HookList<Consumer<Optimizer<?>>> ALL_STEP_POST_HOOKS = new HookList<>();

    private final GroupKeys keys;
    private final O original;
    private final O defaults;
    private final List<ParamGroup<O>> groups = new ArrayList<>();
    private final HookList<Consumer<Optimizer<?>>> stepPreHooks = new HookList<>();
    private final HookList<Consumer<Optimizer<?>>> stepPostHooks = new HookList<>();
    private final HookList<Consumer<Optimizer<?>>> stateDictPreHooks = new HookList<>();
    private final HookList<StateDictHook> stateDictPostHooks = new HookList<>();
    private final HookList<StateDictHook> loadStateDictPreHooks = new HookList<>();
    private final HookList<Consumer<Optimizer<?>>> loadStateDictPostHooks = new HookList<>();

    /** The options of a group of parameters: an immutable record, with at least a learning rate. */
    public interface Options<O extends Options<O>> {
        double lr();

        /** The same options with another learning rate. */
        O lr(double lr);
    }

    /** Changes a state dict in place, or returns another one; null means the given one. */
    @FunctionalInterface
    public interface StateDictHook
            extends BiFunction<Optimizer<?>, Map<String, @Nullable Object>, @Nullable Map<String, @Nullable Object>> {}

    /** Which parameters are updated together. */
    private record Kind(int dtype, int device, long steps, boolean fresh, Map<String, Float> numbers) {
        static Kind of(ParameterState state) {
            long handle = state.parameter().handle();
            return new Kind(
                    NativeTensor.dtype(handle),
                    NativeTensor.device(handle),
                    state.steps(),
                    state.isFresh(),
                    state.numbers());
        }
    }

    /**
     * An optimizer whose first group has the given options.
     *
     * @param original what options are in Python unless they are set
     */
    Optimizer(GroupKeys keys, Iterable<Parameter> params, O options, O original) {
        this.keys = keys;
        this.original = original;
        this.defaults = options;
        addParamGroup(params, options);
    }

    // ---- groups

    /**
     * Adds parameters with the options this optimizer was made with.
     *
     * @throws IllegalArgumentException if there are none, if one is there already, or if one has gaps in its memory
     */
    public final void addParamGroup(Iterable<Parameter> params) {
        addParamGroup(params, defaults);
    }

    /**
     * Adds parameters with options of their own.
     *
     * @throws IllegalArgumentException if there are none, if one is there already, or if one has gaps in its memory
     */
    public final void addParamGroup(Iterable<Parameter> params, O options) {
        ParamGroup<O> group = new ParamGroup<>(keys, this::checked, params, options);
        Set<Parameter> known = new HashSet<>();
        groups.forEach(other -> known.addAll(other.parameters()));
        if (!Collections.disjoint(known, group.parameters())) {
            throw new IllegalArgumentException("some parameters appear in more than one parameter group");
        }
        if (!groups.isEmpty() && (groups.get(0).names() == null) != (group.names() == null)) {
            throw new IllegalArgumentException(
                    "all optimizer param groups should be with/without names. cannot add param group with names to"
                            + " the optimizer");
        }
        requireGroup(group);
        groups.add(group);
        group.states().forEach(state -> prepare(state, group.options()));
    }

    /** Adds named parameters with options of their own. */
    public final void addParamGroup(Map<String, Parameter> params, O options) {
        addParamGroup(new NamedParameters(params), options);
    }

    public final List<ParamGroup<O>> paramGroups() {
        return Collections.unmodifiableList(groups);
    }

    /** The options this optimizer was made with, and those of groups that are added without their own. */
    public final O defaults() {
        return defaults;
    }

    // ---- steps

    /** Removes the gradients of all parameters. */
    public final void zeroGrad() {
        zeroGrad(true);
    }

    /** Removes the gradients of all parameters, or fills them with zeros. */
    public final void zeroGrad(boolean setToNone) {
        for (ParamGroup<O> group : groups) {
            if (setToNone) {
                NativeAutograd.clearGrads(group.handles());
            } else {
                zeroGradients(group);
            }
        }
    }

    private static void zeroGradients(ParamGroup<?> group) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            for (ParameterState state : group.states()) {
                Tensor gradient = state.parameter().grad();
                if (gradient != null) {
                    gradient.detach_().zero_();
                }
            }
        }
    }

    /** Changes all parameters that have a gradient. */
    public final void step() {
        stepWithHooks(null);
    }

    /**
     * Calls {@code closure}, which removes the gradients, computes the loss, calls {@code backward} on it and returns it;
     * then changes all parameters that have a gradient.
     *
     * @return the closure's loss
     */
    public final Tensor step(Supplier<Tensor> closure) {
        return stepWithHooks(closure);
    }

    private @Nullable Tensor stepWithHooks(@Nullable Supplier<Tensor> closure) {
        ALL_STEP_PRE_HOOKS.forEach(hook -> hook.accept(this));
        stepPreHooks.forEach(hook -> hook.accept(this));
        Tensor loss = advance(closure);
        stepPostHooks.forEach(hook -> hook.accept(this));
        ALL_STEP_POST_HOOKS.forEach(hook -> hook.accept(this));
        return loss;
    }

    /** One step, without the hooks around it. */
    @Nullable
    Tensor advance(@Nullable Supplier<Tensor> closure) {
        Tensor loss = closure == null ? null : evaluate(closure);
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            groups.forEach(this::update);
        }
        Reference.reachabilityFence(this);
        return loss;
    }

    static Tensor evaluate(Supplier<Tensor> closure) {
        try (GradMode mode = Torch.enableGrad()) {
            return closure.get();
        }
    }

    private void update(ParamGroup<O> group) {
        for (Batch batch : batches(group)) {
            try (batch) {
                update(batch, group.options());
                batch.countStep();
            }
        }
    }

    private Collection<Batch> batches(ParamGroup<O> group) {
        Map<Kind, Batch> batches = new LinkedHashMap<>();
        for (ParameterState state : group.states()) {
            Tensor gradient = state.parameter().grad();
            if (gradient == null) {
                continue;
            }
            if (gradient.layout() == Layout.SPARSE_COO) {
                updateSparse(state, gradient, group.options());
                state.countStep();
            } else {
                batches.computeIfAbsent(Kind.of(state), kind -> new Batch(isComplex(state)))
                        .add(state, gradient);
            }
        }
        return batches.values();
    }

    private static boolean isComplex(ParameterState state) {
        return state.parameter().dtype().isComplex();
    }

    /** Changes the parameters of {@code batch}. Gradients are not recorded, and a scope is open. */
    abstract void update(Batch batch, O options);

    /** Changes a parameter whose gradient is sparse. Gradients are not recorded, and a scope is open. */
    void updateSparse(ParameterState state, Tensor gradient, O options) {
        throw new IllegalArgumentException(getClass().getSimpleName() + " does not support sparse gradients");
    }

    /** The options as a group may have them: refuses those that do not go together. */
    O checked(O options) {
        return options;
    }

    /** Refuses a group that this optimizer cannot have beside those it has. */
    void requireGroup(ParamGroup<O> group) {}

    /** Makes what has to be there before the first step. */
    void prepare(ParameterState state, O options) {}

    // ---- state

    /**
     * The state of this optimizer as Python's {@code state_dict()} has it: {@code "state"} maps the number of a parameter
     * to its values by name, {@code "param_groups"} lists the groups. Numbers are {@code Long} and {@code Double}; the
     * tensors are the optimizer's own, but for steps and other single numbers.
     */
    public final Map<String, @Nullable Object> stateDict() {
        stateDictPreHooks.forEach(hook -> hook.accept(this));
        Map<Object, Object> states = new LinkedHashMap<>();
        List<Object> saved = new ArrayList<>();
        long number = 0;
        for (ParamGroup<O> group : groups) {
            saved.add(group.toPython(number));
            for (ParameterState state : group.states()) {
                Map<String, Object> values = toPython(state);
                if (!values.isEmpty()) {
                    states.put(number, values);
                }
                number++;
            }
        }
        Map<String, Object> dict = new LinkedHashMap<>();
        dict.put(STATE, states);
        dict.put(PARAM_GROUPS, saved);
        return run(stateDictPostHooks, dict);
    }

    /**
     * Takes over a copy of a state that {@link #stateDict} or Python gave, with its learning rates and all other options;
     * tensors are converted to the parameters' types and devices. Options that the state lacks get their defaults.
     *
     * @throws IllegalArgumentException if the groups are others than those of this optimizer; nothing was changed
     */
    public final void loadStateDict(Map<String, ?> stateDict) {
        Map<String, Object> dict = run(loadStateDictPreHooks, new LinkedHashMap<>(stateDict));
        List<?> saved = (List<?>) required(dict, PARAM_GROUPS);
        Map<?, ?> states = (Map<?, ?>) required(dict, STATE);
        requireSameGroups(saved);
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            Map<Object, Object> byNumber = new LinkedHashMap<>();
            states.forEach((key, value) -> byNumber.put(number(key), value));
            for (int i = 0; i < groups.size(); i++) {
                ParamGroup<O> group = groups.get(i);
                Map<?, ?> savedGroup = (Map<?, ?>) saved.get(i);
                group.load(savedGroup, original);
                List<?> numbers = params(savedGroup);
                for (int j = 0; j < numbers.size(); j++) {
                    Object values = byNumber.getOrDefault(number(numbers.get(j)), Map.of());
                    load(group.states().get(j), (Map<?, ?>) values);
                }
            }
        }
        loadStateDictPostHooks.forEach(hook -> hook.accept(this));
    }

    /** What a state dict has of one parameter. */
    Map<String, @Nullable Object> toPython(ParameterState state) {
        return state.toPython(step(state));
    }

    /** The steps taken as a state dict has them, or null. */
    @Nullable
    Object step(ParameterState state) {
        return Torch.scalarTensor(state.steps(), ParameterState.float32());
    }

    void load(ParameterState state, Map<?, ?> saved) {
        state.load(saved, namesOfNumbers());
    }

    /** What is remembered as a number where Python has a tensor, beside the steps. */
    Set<String> namesOfNumbers() {
        return Set.of();
    }

    private void requireSameGroups(List<?> saved) {
        if (saved.size() != groups.size()) {
            throw new IllegalArgumentException("loaded state dict has a different number of parameter groups: "
                    + saved.size() + ", this optimizer has " + groups.size());
        }
        for (int i = 0; i < saved.size(); i++) {
            int given = params((Map<?, ?>) saved.get(i)).size();
            int own = groups.get(i).states().size();
            if (given != own) {
                throw new IllegalArgumentException("loaded state dict contains a parameter group that doesn't match"
                        + " the size of optimizer's group: group " + i + " has " + given + " parameters, this"
                        + " optimizer's has " + own);
            }
        }
    }

    private static List<?> params(Map<?, ?> group) {
        return (List<?>) required(group, "params");
    }

    private static Object required(Map<?, ?> dict, String key) {
        Object value = dict.get(key);
        if (value == null) {
            throw new IllegalArgumentException(
                    "the state dict of an optimizer has '" + key + "'; this one has " + dict.keySet());
        }
        return value;
    }

    private static Object number(Object key) {
        return key instanceof Number number ? (Object) number.longValue() : key;
    }

    private Map<String, Object> run(HookList<StateDictHook> hooks, Map<String, Object> dict) {
        List<Map<String, Object>> last = new ArrayList<>(List.of(dict));
        hooks.forEach(hook -> {
            Map<String, Object> other = hook.apply(this, last.get(0));
            if (other != null) {
                last.set(0, other);
            }
        });
        return last.get(0);
    }

    // ---- hooks

    /** Calls {@code hook} before each step of any optimizer. */
    public static RemovableHandle registerOptimizerStepPreHook(Consumer<Optimizer<?>> hook) {
        return ALL_STEP_PRE_HOOKS.add(hook, false)::run;
    }

    /** Calls {@code hook} after each step of any optimizer. */
    public static RemovableHandle registerOptimizerStepPostHook(Consumer<Optimizer<?>> hook) {
        return ALL_STEP_POST_HOOKS.add(hook, false)::run;
    }

    /** Calls {@code hook} before each step. */
    public final RemovableHandle registerStepPreHook(Consumer<Optimizer<?>> hook) {
        return stepPreHooks.add(hook, false)::run;
    }

    /** Calls {@code hook} after each step. */
    public final RemovableHandle registerStepPostHook(Consumer<Optimizer<?>> hook) {
        return stepPostHooks.add(hook, false)::run;
    }

    /** Calls {@code hook} before {@link #stateDict}. */
    public final RemovableHandle registerStateDictPreHook(Consumer<Optimizer<?>> hook) {
        return registerStateDictPreHook(hook, false);
    }

    /** Calls {@code hook} before {@link #stateDict}, and before the hooks that are there if {@code prepend}. */
    public final RemovableHandle registerStateDictPreHook(Consumer<Optimizer<?>> hook, boolean prepend) {
        return stateDictPreHooks.add(hook, prepend)::run;
    }

    /** Passes what {@link #stateDict} gives to {@code hook}. */
    public final RemovableHandle registerStateDictPostHook(StateDictHook hook) {
        return registerStateDictPostHook(hook, false);
    }

    /** Passes what {@link #stateDict} gives to {@code hook}, and before the hooks that are there if {@code prepend}. */
    public final RemovableHandle registerStateDictPostHook(StateDictHook hook, boolean prepend) {
        return stateDictPostHooks.add(hook, prepend)::run;
    }

    /** Passes a shallow copy of what {@link #loadStateDict} is given to {@code hook}. */
    public final RemovableHandle registerLoadStateDictPreHook(StateDictHook hook) {
        return registerLoadStateDictPreHook(hook, false);
    }

    /** Passes a shallow copy of what {@link #loadStateDict} is given to {@code hook}; first if {@code prepend}. */
    public final RemovableHandle registerLoadStateDictPreHook(StateDictHook hook, boolean prepend) {
        return loadStateDictPreHooks.add(hook, prepend)::run;
    }

    /** Calls {@code hook} after {@link #loadStateDict}. */
    public final RemovableHandle registerLoadStateDictPostHook(Consumer<Optimizer<?>> hook) {
        return registerLoadStateDictPostHook(hook, false);
    }

    /** Calls {@code hook} after {@link #loadStateDict}, and before the hooks that are there if {@code prepend}. */
    public final RemovableHandle registerLoadStateDictPostHook(Consumer<Optimizer<?>> hook, boolean prepend) {
        return loadStateDictPostHooks.add(hook, prepend)::run;
    }

    /** What Python prints. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(getClass().getSimpleName() + " (");
        for (int i = 0; i < groups.size(); i++) {
            text.append("\nParameter Group ")
                    .append(i)
                    .append('\n')
                    .append(groups.get(i).text());
        }
        return text.append(')').toString();
    }
}
