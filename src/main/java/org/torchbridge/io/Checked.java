package org.torchbridge.io;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;

/** The arguments of a function in a pickle, each of which may be missing or of any type. */
final class Checked {
    private final String function;
    private final List<@Nullable Object> arguments;

    /** @param function whose arguments they are, for messages */
    Checked(String function, List<@Nullable Object> arguments) {
        this.function = function;
        this.arguments = arguments;
    }

    @SuppressWarnings("unchecked") // a tuple holds objects
    static Checked tuple(String what, @Nullable Object value) {
        return new Checked(what, require(what, PythonTuple.class, value));
    }

    private static <T> T require(String what, Class<T> type, @Nullable Object value) {
        if (!type.isInstance(value)) {
            throw new FileFormatException("is damaged: " + what + " has "
                    + (value == null ? "None" : "a " + value.getClass().getSimpleName()) + " where a "
                    + type.getSimpleName() + " should be");
        }
        return type.cast(value);
    }

    boolean has(int index) {
        return index < arguments.size();
    }

    int count() {
        return arguments.size();
    }

    @Nullable
    Object any(int index) {
        if (!has(index)) {
            throw new FileFormatException("is damaged: " + function + " has too few arguments");
        }
        return arguments.get(index);
    }

    <T> T as(int index, Class<T> type) {
        return require(function, type, any(index));
    }

    Checked tuple(int index) {
        return tuple(function, any(index));
    }

    String text(int index) {
        return as(index, String.class);
    }

    Tensor tensor(int index) {
        return as(index, Tensor.class);
    }

    DType dtype(int index) {
        return as(index, DType.class);
    }

    boolean truth(int index) {
        return as(index, Boolean.class);
    }

    long integer(int index) {
        return as(index, Long.class);
    }

    /** A whole number from 0 on. */
    long size(int index) {
        long size = integer(index);
        if (size < 0) {
            throw new FileFormatException("is damaged: " + function + " has the size " + size);
        }
        return size;
    }

    long[] longs(int index) {
        return tuple(index).longs();
    }

    /** All of them as whole numbers. */
    long[] longs() {
        long[] longs = new long[count()];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = integer(i);
        }
        return longs;
    }
}
