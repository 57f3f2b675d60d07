package org.torchbridge.internal;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads and changes records by the names of their components. */
public final class Records {
    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return Shape.of(type);
        }
    };

    private record Shape(RecordComponent[] components, Constructor<?> constructor) {
        static Shape of(Class<?> type) {
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            try {
                return new Shape(components, type.getDeclaredConstructor(types));
            } catch (NoSuchMethodException e) {
                throw new AssertionError(e);
            }
        }

        int index(String component) {
            for (int i = 0; i < components.length; i++) {
                if (components[i].getName().equals(component)) {
                    return i;
                }
            }
            return -1;
        }
    }

    private Records() {}

    public static boolean has(Record record, String component) {
        return SHAPES.get(record.getClass()).index(component) >= 0;
    }

    public static Class<?> type(Record record, String component) {
        Shape shape = SHAPES.get(record.getClass());
        return shape.components[shape.index(component)].getType();
    }

    public static @Nullable Object get(Record record, String component) {
        Shape shape = SHAPES.get(record.getClass());
        return value(record, shape.components[shape.index(component)]);
    }

    /** The same record with another value of {@code component}; the record's own checks see it. */
    @SuppressWarnings("unchecked")
    public static <R> R with(R record, String component, @Nullable Object value) {
        Shape shape = SHAPES.get(record.getClass());
        Object[] values = new Object[shape.components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(record, shape.components[i]);
        }
        values[shape.index(component)] = value;
        try {
            return (R) shape.constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw unchecked(e);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable Object value(Object record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (InvocationTargetException e) {
            throw unchecked(e);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static RuntimeException unchecked(InvocationTargetException e) {
        return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    }
}
