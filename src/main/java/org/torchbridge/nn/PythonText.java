package org.torchbridge.nn;

import org.torchbridge.internal.PythonNumber;

/** Writes values as Python's {@code repr} does, for {@link Module#extraRepr}. */
final class PythonText {
    private PythonText() {}

    static String of(boolean value) {
        return value ? "True" : "False";
    }

    static String of(double value) {
        return PythonNumber.repr(value);
    }
}
