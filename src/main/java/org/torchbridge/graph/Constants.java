package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Layout;
import org.torchbridge.MemoryFormat;
import org.torchbridge.QScheme;
import org.torchbridge.Scalar;
import org.torchbridge.Tensor;

/** Java's values as a program has them. */
final class Constants {
    private Constants() {}

    /** The value as a {@link Node}'s attribute; {@link Value}s, also in lists, stay what they are. */
    static @Nullable Object normal(@Nullable Object value) {
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        if (value instanceof Scalar scalar) {
            return number(scalar);
        }
        if (value instanceof DType dtype) {
            return (long) dtype.code();
        }
        // The constants of these have libtorch's numbers.
        if (value instanceof Layout || value instanceof MemoryFormat || value instanceof QScheme) {
            return (long) ((Enum<?>) value).ordinal();
        }
        List<?> elements = elements(value);
        if (elements != null) {
            List<@Nullable Object> normal = new ArrayList<>();
            elements.forEach(element -> normal.add(normal(element)));
            return normal;
        }
        return value;
    }

    private static Object number(Scalar scalar) {
        if (scalar.isComplex()) {
            return scalar;
        }
        if (scalar.isBoolean()) {
            return scalar.booleanValue();
        }
        return scalar.isFloatingPoint() ? (Object) scalar.doubleValue() : (Object) scalar.longValue();
    }

    private static @Nullable List<?> elements(@Nullable Object value) {
        if (value instanceof long[] numbers) {
            return Arrays.stream(numbers).boxed().toList();
        }
        if (value instanceof int[] numbers) {
            return Arrays.stream(numbers).boxed().toList();
        }
        if (value instanceof double[] numbers) {
            return Arrays.stream(numbers).boxed().toList();
        }
        if (value instanceof Object[] objects) {
            return Arrays.asList(objects);
        }
        return value instanceof List<?> list ? list : null;
    }

    /** The type of a value that {@link #normal} gave; an empty list's is {@code Tensor[]}, a mixed one's {@code Any[]}. */
    static Type type(@Nullable Object value) {
        if (value instanceof Value inner) {
            return inner.type();
        }
        if (value instanceof List<?> list) {
            return new Type.OfList(elementType(list));
        }
        if (value == null) {
            return Type.NONE;
        }
        if (value instanceof Long) {
            return Type.INT;
        }
        if (value instanceof Double) {
            return Type.FLOAT;
        }
        if (value instanceof Boolean) {
            return Type.BOOL;
        }
        if (value instanceof String) {
            return Type.STRING;
        }
        if (value instanceof Tensor) {
            return Type.TENSOR;
        }
        if (value instanceof Scalar) {
            return Type.Simple.COMPLEX;
        }
        if (value instanceof Device) {
            return Type.Simple.DEVICE;
        }
        throw new IllegalArgumentException(value.getClass().getName()
                + " is nothing that a program can hold; numbers, strings, tensors, devices, null, lists of these and values"
                + " are");
    }

    private static Type elementType(List<?> list) {
        if (list.isEmpty()) {
            return Type.TENSOR;
        }
        Type common = type(list.get(0));
        for (Object element : list) {
            Type type = TypeRules.unified(common, type(element));
            if (type == null) {
                return Type.Simple.ANY;
            }
            common = type;
        }
        return common;
    }
}
