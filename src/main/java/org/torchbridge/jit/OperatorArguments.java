package org.torchbridge.jit;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.JavaOperator;

/** What a {@link CustomOperator} was called with, under the names of its schema. Defaults are filled in. */
public final class OperatorArguments {
    private final JavaOperator operator;
    private final List<@Nullable Object> values;

    OperatorArguments(JavaOperator operator, List<@Nullable Object> values) {
        this.operator = operator;
        this.values = Collections.unmodifiableList(values);
    }

    JavaOperator operator() {
        return operator;
    }

    /** All arguments, in order. */
    public List<@Nullable Object> values() {
        return values;
    }

    /** An argument of any type; {@code None} is null. */
    public @Nullable Object get(String name) {
        int index = operator.argumentNames().indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException(operator.schema() + " has no argument " + name);
        }
        return values.get(index);
    }

    public Tensor tensor(String name) {
        return get(name, Tensor.class, "Tensor");
    }

    @SuppressWarnings("unchecked") // checked below; other lists have other elements
    public List<@Nullable Tensor> tensors(String name) {
        List<?> list = get(name, List.class, "Tensor[]");
        if (!list.stream().allMatch(element -> element == null || element instanceof Tensor)) {
            throw wrong(name, "Tensor[]", list);
        }
        return (List<Tensor>) list;
    }

    /** An {@code int}. */
    public long integer(String name) {
        return get(name, Long.class, "int");
    }

    /** A {@code float}, or another number as one. */
    public double number(String name) {
        return get(name, Number.class, "float").doubleValue();
    }

    /** A {@code bool}. */
    public boolean flag(String name) {
        return get(name, Boolean.class, "bool");
    }

    /** A {@code str}. */
    public String text(String name) {
        return get(name, String.class, "str");
    }

    private <T> T get(String name, Class<T> type, String asked) {
        Object value = get(name);
        if (!type.isInstance(value)) {
            throw wrong(name, asked, value);
        }
        return type.cast(value);
    }

    private IllegalArgumentException wrong(String name, String asked, @Nullable Object value) {
        return new IllegalArgumentException("argument " + name + " of " + operator.schema() + " is "
                + (value == null ? "None" : "a " + value.getClass().getSimpleName()) + "; " + asked + " was asked for");
    }

    @Override
    public String toString() {
        return operator.argumentNames() + " = " + values;
    }
}
