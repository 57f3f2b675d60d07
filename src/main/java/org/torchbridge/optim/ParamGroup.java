package org.torchbridge.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.PythonNumber;
import org.torchbridge.nn.Parameter;

/**
 * Parameters of an {@link Optimizer} with common options.
 *
 * <p>Beside its options a group may hold values of other names, as a dictionary does in Python: a scheduler keeps
 * {@code initial_lr} here. {@link #get} and {@link #set} reach both by Python's names.
 */
public final class ParamGroup<O extends Optimizer.Options<O>> {
    private static final String PARAMS = "params";
    private static final String PARAM_NAMES = "param_names";

    private final GroupKeys keys;
    private final UnaryOperator<O> check;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<ParameterState> states = new ArrayList<>();
    private final Map<String, @Nullable Object> others = new LinkedHashMap<>();
    private @Nullable List<String> names;
    private O options;

    ParamGroup(GroupKeys keys, UnaryOperator<O> check, Iterable<Parameter> params, O options) {
        this.keys = keys;
        this.check = check;
        this.options = check.apply(options);
        this.names = params instanceof NamedParameters named ? named.names() : null;
        params.forEach(parameters::add);
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("optimizer got an empty parameter list");
        }
        if (new HashSet<>(parameters).size() < parameters.size()) {
            throw new IllegalArgumentException("a parameter appears twice in one parameter group");
        }
        for (Parameter parameter : parameters) {
            requireDense(parameter.tensor());
            states.add(new ParameterState(parameter.tensor()));
        }
    }

    public List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    /** The parameters' names, or null if they were given without. */
    public @Nullable List<String> names() {
        return names;
    }

    public O options() {
        return options;
    }

    /** Sets what the next step does. */
    public void options(O options) {
        this.options = check.apply(options);
    }

    public double lr() {
        return options.lr();
    }

    /** Sets the learning rate of the next step. */
    public void lr(double lr) {
        options(options.lr(lr));
    }

    /** Whether there is a value under Python's name {@code key}. */
    public boolean contains(String key) {
        return keys.isOption(options, key) || others.containsKey(key);
    }

    /**
     * The value that Python has under {@code key}: a {@code Double}, {@code Long}, {@code Boolean}, {@code String}, a list
     * of them, or null.
     *
     * @throws NoSuchElementException if there is none
     */
    public @Nullable Object get(String key) {
        if (keys.isOption(options, key)) {
            return keys.get(options, key);
        }
        if (!others.containsKey(key)) {
            throw new NoSuchElementException(
                    "the group has no '" + key + "'; it has " + dictionary().keySet());
        }
        return others.get(key);
    }

    /** The number that Python has under {@code key}. */
    public double number(String key) {
        Object value = get(key);
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw new IllegalArgumentException("'" + key + "' is " + value + ", not a number");
    }

    /** Sets an option by Python's name for it; a value of any other name is kept beside the options. */
    public void set(String key, @Nullable Object value) {
        if (keys.isOption(options, key)) {
            options(keys.with(options, key, value));
        } else {
            others.put(key, value);
        }
    }

    List<ParameterState> states() {
        return states;
    }

    long[] handles() {
        return Batch.handles(states, ParameterState::parameter);
    }

    /** The group in a state dict, whose first parameter has the number {@code first}. */
    Map<String, @Nullable Object> toPython(long first) {
        Map<String, Object> group = dictionary();
        List<Object> numbers = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            numbers.add(first + i);
        }
        group.put(PARAMS, numbers);
        return group;
    }

    /** Takes over a group of a state dict; an option that it lacks, as one from an older release, is as in {@code defaults}. */
    void load(Map<?, ?> saved, O defaults) {
        O loaded = defaults;
        others.clear();
        for (Map.Entry<?, ?> entry : saved.entrySet()) {
            String key = String.valueOf(entry.getKey());
            if (key.equals(PARAM_NAMES)) {
                names = ((List<?>) entry.getValue())
                        .stream().map(String::valueOf).toList();
            } else if (keys.isOption(defaults, key)) {
                loaded = keys.with(loaded, key, entry.getValue());
            } else if (!key.equals(PARAMS)) {
                others.put(key, entry.getValue());
            }
        }
        options(loaded);
    }

    /** What Python prints of a group. */
    String text() {
        return new TreeMap<>(dictionary())
                .entrySet().stream()
                        .map(entry -> "    " + entry.getKey() + ": "
                                + (entry.getKey().equals(PARAM_NAMES) ? quoted(names) : text(entry.getValue()))
                                + "\n")
                        .collect(Collectors.joining());
    }

    private Map<String, Object> dictionary() {
        Map<String, Object> group = new LinkedHashMap<>();
        if (names != null) {
            group.put(PARAM_NAMES, names);
        }
        group.putAll(keys.describe(options, others));
        return group;
    }

    private static String quoted(@Nullable List<String> names) {
        return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ", "[", "]"));
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "None";
        }
        if (value instanceof Boolean flag) {
            return flag ? "True" : "False";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(ParamGroup::text).collect(Collectors.joining(", ", "(", ")"));
        }
        return value instanceof Double number ? PythonNumber.repr(number) : value.toString();
    }

    /** The fused operators go through memory element by element, so a view with gaps would be written over its gaps. */
    private static void requireDense(Tensor tensor) {
        // A tensor like this one has the same strides exactly if there are no gaps and no overlaps to leave out.
        Scope.run(() -> {
            if (!Arrays.equals(tensor.strides(), Torch.emptyLike(tensor).strides())) {
                throw new IllegalArgumentException("a parameter with shape " + Arrays.toString(tensor.shape())
                        + " and strides " + Arrays.toString(tensor.strides())
                        + " has gaps in its memory; make it from tensor.contiguous()");
            }
        });
    }
}
