package org.torchbridge.nn;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parameters by name, which are parameters of the module whose field it is.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html">ParameterDict</a>.
 */
public class ParameterDict extends Module {

    public ParameterDict() {}

    /** The parameters of {@code parameters}, in its order. */
    public ParameterDict(Map<String, Parameter> parameters) {
        update(parameters);
    }

    /** One and the same parameter under each of the names. */
    public static ParameterDict fromKeys(Iterable<String> names, Parameter parameter) {
        ParameterDict dict = new ParameterDict();
        names.forEach(name -> dict.put(name, parameter));
        return dict;
    }

    public int size() {
        return addedParameters().size();
    }

    /** The names, in the order in which they were put. */
    public Set<String> keys() {
        return items().keySet();
    }

    /** The parameters, in the order of their names. */
    public Collection<Parameter> values() {
        return items().values();
    }

    /** The parameters by name. */
    public Map<String, Parameter> items() {
        return Collections.unmodifiableMap(addedParameters());
    }

    public boolean containsKey(String name) {
        return addedParameters().containsKey(name);
    }

    /**
     * The parameter called {@code name}.
     *
     * @throws NoSuchElementException if there is none
     */
    public Parameter get(String name) {
        Parameter parameter = get(name, null);
        if (parameter == null) {
            throw new NoSuchElementException("there is no parameter '" + name + "'; there are " + keys());
        }
        return parameter;
    }

    /** The parameter called {@code name}, or {@code otherwise} if there is none. */
    public @Nullable Parameter get(String name, @Nullable Parameter otherwise) {
        return addedParameters().getOrDefault(name, otherwise);
    }

    /** Adds {@code parameter}, or replaces the one of this name. */
    public void put(String name, Parameter parameter) {
        add(name, parameter);
    }

    /** The parameter called {@code name}; if there is none, {@code parameter}, which is added then. */
    public Parameter setDefault(String name, Parameter parameter) {
        if (!containsKey(name)) {
            put(name, parameter);
        }
        return get(name);
    }

    /** Adds the parameters of {@code parameters}, or replaces those of the same names. */
    public final void update(Map<String, Parameter> parameters) {
        parameters.forEach(this::put);
    }

    /** Takes the parameter called {@code name} out and returns it. */
    public Parameter pop(String name) {
        Parameter parameter = get(name);
        delete(name);
        return parameter;
    }

    /** Takes the last parameter out and returns it with its name. */
    public Map.Entry<String, Parameter> popItem() {
        String last = keys().stream()
                .reduce((first, second) -> second)
                .orElseThrow(() -> new NoSuchElementException("there is no parameter in this ParameterDict"));
        return Map.entry(last, pop(last));
    }

    /** Takes all parameters out. */
    public void clear() {
        addedParameters().clear();
    }

    /** The same parameters in a dict of their own. */
    public ParameterDict copy() {
        return new ParameterDict(items());
    }

    /** These parameters and those of {@code other}, which win; {@code |} in Python. */
    public ParameterDict plus(ParameterDict other) {
        Map<String, Parameter> both = new LinkedHashMap<>(items());
        both.putAll(other.items());
        return new ParameterDict(both);
    }

    @Override
    public String extraRepr() {
        return ParameterText.lines(addedParameters(), ParameterText::type);
    }
}
