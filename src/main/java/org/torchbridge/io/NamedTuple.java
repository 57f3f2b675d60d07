package org.torchbridge.io;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A tuple whose values have names, as Python's {@code NamedTuple} gives them. */
public final class NamedTuple extends PythonTuple {
    private final List<String> names;

    private NamedTuple(List<String> names, @Nullable Object[] values) {
        super(values);
        this.names = List.copyOf(names);
    }

    /**
     * A tuple of {@code values} with as many names.
     *
     * @throws IllegalArgumentException if there are not as many
     */
    public static NamedTuple of(List<String> names, List<?> values) {
        if (names.size() != values.size()) {
            throw new IllegalArgumentException("a named tuple of the fields " + names + " was given " + values.size()
                    + " values; " + names.size() + " are expected");
        }
        return new NamedTuple(names, values.toArray());
    }

    public List<String> names() {
        return names;
    }

    /**
     * The value of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public @Nullable Object get(String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("there is no field '" + name + "' in a named tuple of " + names);
        }
        return get(index);
    }
}
