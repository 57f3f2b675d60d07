package org.torchbridge.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A number for each dimension: of a kernel, a stride, a padding, an output. {@code of(3)} is the same number in all
 * dimensions, and is printed as one, as Python prints what it was given.
 *
 * @param values null where a size is that of the input, which only adaptive pooling knows
 * @param single whether one number was given for all dimensions
 */
public record Size(List<@Nullable Long> values, boolean single) {

    public Size {
        values = Collections.unmodifiableList(new ArrayList<>(values));
        if (values.isEmpty() || single && values.size() != 1) {
            throw new IllegalArgumentException("a size has " + values.size() + " numbers; "
                    + (single ? "one is expected" : "one or more are expected"));
        }
    }

    /** One number for all dimensions, or one for each. */
    public static Size of(long... values) {
        return new Size(LongStream.of(values).boxed().toList(), values.length == 1);
    }

    /** As {@link #of}; null keeps the input's size. */
    public static Size ofNullable(@Nullable Long... values) {
        return new Size(Arrays.asList(values), values.length == 1);
    }

    /** Numbers that are printed as a tuple, even if there is only one. */
    static Size tuple(long... values) {
        return new Size(LongStream.of(values).boxed().toList(), false);
    }

    /** The number of each dimension. {@code name} is what an error calls this size. */
    long[] expand(String name, int dimensions) {
        if (values.contains(null)) {
            throw new IllegalArgumentException(name + " is " + this + "; numbers are expected");
        }
        return expandOr(name, new long[dimensions]);
    }

    /** The number of each dimension; where there is none, that of {@code missing}. */
    long[] expandOr(String name, long[] missing) {
        if (!single && values.size() != missing.length) {
            throw new IllegalArgumentException(name + " is " + this + "; " + oneOr(missing.length) + " expected");
        }
        long[] expanded = new long[missing.length];
        for (int i = 0; i < expanded.length; i++) {
            Long value = values.get(single ? 0 : i);
            expanded[i] = value == null ? missing[i] : value;
        }
        return expanded;
    }

    /** The same size with a number for each dimension, which is printed as a tuple. */
    Size expanded(String name, int dimensions) {
        return tuple(expand(name, dimensions));
    }

    /** The last numbers of an output's size that is given for these dimensions only or for all of an input's. */
    static long[] lastOf(String name, long[] size, int dimensions, long inputDimensions) {
        if (size.length != dimensions && size.length != inputDimensions) {
            throw new IllegalArgumentException(name + " is " + PythonText.tuple(size) + "; " + dimensions + " or "
                    + inputDimensions + " numbers are expected");
        }
        return Arrays.copyOfRange(size, size.length - dimensions, size.length);
    }

    /** How errors say that one number or one for each dimension is wanted. */
    static String oneOr(int dimensions) {
        return dimensions == 1 ? "one number is" : "one number or " + dimensions + " are";
    }

    boolean isAll(long value) {
        return values.stream().allMatch(each -> each != null && each == value);
    }

    /** As Python prints it: {@code 3}, {@code (3, 2)} or {@code (3,)}. */
    @Override
    public String toString() {
        List<String> texts = values.stream()
                .map(value -> value == null ? "None" : value.toString())
                .toList();
        return single
                ? texts.get(0)
                : texts.stream().collect(Collectors.joining(", ", "(", texts.size() == 1 ? ",)" : ")"));
    }
}
