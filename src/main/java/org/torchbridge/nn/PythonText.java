package org.torchbridge.nn;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.torchbridge.internal.PythonNumber;

/** Writes values as Python's {@code repr} does, for {@link Module#extraRepr}. */
final class PythonText {
    private PythonText() {}

    static String of(boolean value) {
        return value ? "True" : "False";
    }

    /** A whole number as such, others as Python's floats. */
    static String of(Number value) {
        return value instanceof Double || value instanceof Float ? of(value.doubleValue()) : value.toString();
    }

    static String of(double value) {
        return PythonNumber.repr(value);
    }

    /** A tuple of numbers: {@code (3, 4)}, {@code (3,)}. */
    static String tuple(long... values) {
        String elements = Arrays.stream(values).mapToObj(Long::toString).collect(Collectors.joining(", "));
        return "(" + elements + (values.length == 1 ? ",)" : ")");
    }
}
