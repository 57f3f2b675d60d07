package org.torchbridge.io;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A tuple of Python's: a list that does not change. It equals any list of the same values, as lists do in Java; Python's
 * tuples and lists never equal each other.
 */
public sealed class PythonTuple extends AbstractList<@Nullable Object> implements RandomAccess
        permits TorchSize, NamedTuple {
    private final @Nullable Object[] values;

    PythonTuple(@Nullable Object[] values) {
        this.values = values;
    }

    /** A tuple of {@code values}. */
    public static PythonTuple of(@Nullable Object... values) {
        return new PythonTuple(values.clone());
    }

    /** A tuple of what {@code values} holds now. */
    public static PythonTuple copyOf(List<?> values) {
        return new PythonTuple(values.toArray());
    }

    @Override
    public @Nullable Object get(int index) {
        return values[index];
    }

    @Override
    public int size() {
        return values.length;
    }
}
