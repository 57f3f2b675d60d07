package org.torchbridge.nn;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Finds the children of a module in its fields. What a class's fields can hold is resolved once for each class. */
final class ModuleFields {
    private static final ClassValue<List<ModuleField>> FIELDS = new ClassValue<>() {
        @Override
        protected List<ModuleField> computeValue(Class<?> type) {
            return resolve(type);
        }
    };

    private record ModuleField(String key, Field field) {
        @Nullable
        Object read(Module module) {
            return ModuleFields.read(field, module);
        }
    }

    private ModuleFields() {}

    /** Passes on the key and value of each field that has a module, parameter or buffer, superclass first. */
    static void forEach(Module module, BiConsumer<String, Object> action) {
        for (ModuleField each : FIELDS.get(module.getClass())) {
            Object value = each.read(module);
            if (isMember(value)) {
                action.accept(each.key, value);
            } else if (hidesMember(value)) {
                throw new IllegalStateException(hidden(each.field));
            }
        }
    }

    /** Assigns {@code value} to the field with this key, final or not; false if there is none that could hold it. */
    static boolean set(Module module, String key, Object value) {
        for (ModuleField each : FIELDS.get(module.getClass())) {
            if (each.key.equals(key) && each.field.getType().isInstance(value)) {
                write(each.field, module, value);
                return true;
            }
        }
        return false;
    }

    static @Nullable Object read(Field field, Module module) {
        try {
            return field.get(module);
        } catch (IllegalAccessException e) {
            throw inaccessible(field, e);
        }
    }

    static void write(Field field, Module module, @Nullable Object value) {
        try {
            field.set(module, value);
        } catch (IllegalAccessException e) {
            throw inaccessible(field, e);
        }
    }

    /**
     * The state-dict key of a field: {@code runningMean} is {@code running_mean}. A name that starts with a capital
     * letter or has an underscore is kept, because the name is then Python's already: {@code AuxLogits},
     * {@code Mixed_5b}.
     */
    static String key(String fieldName) {
        if (Character.isUpperCase(fieldName.charAt(0)) || fieldName.indexOf('_') >= 0) {
            return fieldName;
        }
        StringBuilder key = new StringBuilder();
        for (char c : fieldName.toCharArray()) {
            if (Character.isUpperCase(c)) {
                key.append('_');
            }
            key.append(Character.toLowerCase(c));
        }
        return key.toString();
    }

    private static List<ModuleField> resolve(Class<?> type) {
        if (type == Module.class) {
            return List.of();
        }
        List<ModuleField> fields = new ArrayList<>(resolve(type.getSuperclass()));
        for (Field field : type.getDeclaredFields()) {
            if (isCandidate(field)) {
                makeAccessible(field);
                fields.add(new ModuleField(key(field.getName()), field));
            }
        }
        return List.copyOf(fields);
    }

    private static boolean isCandidate(Field field) {
        // Synthetic fields are the compiler's own: the outer instance of an inner class, what a lambda captured.
        boolean skipped = Modifier.isStatic(field.getModifiers())
                || Modifier.isTransient(field.getModifiers())
                || field.isSynthetic();
        return !skipped && canHold(field.getType());
    }

    private static boolean canHold(Class<?> type) {
        if (type.isArray()) {
            return canHold(type.getComponentType());
        }
        return Module.class.isAssignableFrom(type)
                || Parameter.class.isAssignableFrom(type)
                || Buffer.class.isAssignableFrom(type)
                || type.isAssignableFrom(Module.class)
                || type.isInterface()
                || Collection.class.isAssignableFrom(type)
                || Map.class.isAssignableFrom(type);
    }

    private static boolean isMember(@Nullable Object value) {
        return value instanceof Module || value instanceof Parameter || value instanceof Buffer;
    }

    private static boolean hidesMember(@Nullable Object value) {
        Collection<?> elements = List.of();
        if (value instanceof Object[] array) {
            elements = Arrays.asList(array);
        } else if (value instanceof Collection<?> collection) {
            elements = collection;
        } else if (value instanceof Map<?, ?> map) {
            elements = map.values();
        }
        return elements.stream().anyMatch(element -> isMember(element) || hidesMember(element));
    }

    private static String hidden(Field field) {
        return "the field '" + field.getName() + "' of "
                + field.getDeclaringClass().getName() + " is a "
                + field.getType().getSimpleName()
                + " with modules, parameters or buffers in it, which would not be seen;"
                + " use a ModuleList or a ModuleDict, a ParameterList or a ParameterDict, or mark the field transient if they are not its children";
    }

    static void makeAccessible(Field field) {
        try {
            field.setAccessible(true);
        } catch (InaccessibleObjectException e) {
            throw inaccessible(field, e);
        }
    }

    private static IllegalStateException inaccessible(Field field, Exception cause) {
        String packageName = field.getDeclaringClass().getPackageName();
        return new IllegalStateException(
                "the field '" + field.getName() + "' of "
                        + field.getDeclaringClass().getName() + " cannot be read; add 'opens " + packageName
                        + " to org.torchbridge;' to module-info.java",
                cause);
    }
}
