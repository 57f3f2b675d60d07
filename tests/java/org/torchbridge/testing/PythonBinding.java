package org.torchbridge.testing;

import java.lang.reflect.Array;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.TensorOptions;

/**
 * Python's arguments as those of one Java method or constructor: in order, then by the parameters' names, the rest through
 * the setters of a parameter whose type ends with {@code Options}.
 *
 * @param cost how far the arguments are from the parameters; the overload with the lowest is meant
 */
record PythonBinding(Executable executable, Object[] arguments, int cost) {
    private static final int CONVERTED = 1;
    private static final int OPTIONS = 2;
    private static final int NOT_GIVEN = 10;

    /** What says that a value does not go with a type; null is a value. */
    private static final Object NO_MATCH = new Object();

    /** The binding of the arguments to {@code executable}, or null if they do not go with it. */
    static @Nullable PythonBinding of(
            Class<?> owner, Executable executable, List<Object> positional, Map<String, Object> keywords) {
        Parameter[] parameters = executable.getParameters();
        List<Object> given = gathered(executable, positional);
        if (given.size() > parameters.length) {
            return null;
        }
        Map<String, Object> left = new LinkedHashMap<>();
        keywords.forEach((name, value) -> left.put(PythonCalls.camelCase(name), value));
        Object[] arguments = new Object[parameters.length];
        int cost = 0;
        for (int i = 0; i < parameters.length; i++) {
            Parameter parameter = parameters[i];
            if (i < given.size() || left.containsKey(parameter.getName())) {
                Object value = i < given.size() ? given.get(i) : left.remove(parameter.getName());
                arguments[i] = converted(value, parameter.getType());
                cost += parameter.getType().isInstance(value) ? 0 : distance(value, parameter.getType());
            } else if (isOptions(parameter.getType())) {
                continue;
            } else if (parameter.isVarArgs()) {
                arguments[i] = Array.newInstance(parameter.getType().getComponentType(), 0);
            } else if (!parameter.getType().isPrimitive()
                    && parameter.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                cost += NOT_GIVEN;
            } else {
                return null;
            }
            if (arguments[i] == NO_MATCH) {
                return null;
            }
        }
        for (int i = given.size(); i < parameters.length; i++) {
            if (isOptions(parameters[i].getType()) && arguments[i] == null) {
                arguments[i] = options(owner, parameters[i].getType(), left);
                cost += OPTIONS;
                if (arguments[i] == NO_MATCH) {
                    return null;
                }
            }
        }
        return left.isEmpty() ? new PythonBinding(executable, arguments, cost) : null;
    }

    /** Several numbers in a row are the elements of an array, if the parameter at their place is one. */
    private static List<Object> gathered(Executable executable, List<Object> positional) {
        Class<?>[] types = executable.getParameterTypes();
        int last = types.length - 1;
        if (executable.isVarArgs() && positional.size() >= types.length) {
            List<Object> rest = positional.subList(last, positional.size());
            boolean single = rest.size() == 1 && rest.get(0) instanceof List<?>;
            return single
                    ? positional
                    : Stream.concat(positional.subList(0, last).stream(), Stream.of(rest))
                            .toList();
        }
        boolean sizes = types.length > 0 && types[0] == long[].class && positional.size() > 1;
        return sizes && positional.stream().allMatch(Long.class::isInstance) ? List.of(positional) : positional;
    }

    private static boolean isOptions(Class<?> type) {
        return type.getSimpleName().endsWith("Options") && type.isRecord() && type != TensorOptions.class;
    }

    private static Object options(Class<?> owner, Class<?> type, Map<String, Object> settings) {
        Object options = PythonCalls.invoke(defaults(owner, type), null);
        for (String name : List.copyOf(settings.keySet())) {
            Object changed = set(options, name, settings.get(name));
            if (changed == NO_MATCH) {
                return NO_MATCH;
            }
            options = changed;
            settings.remove(name);
        }
        return options;
    }

    private static Method defaults(Class<?> owner, Class<?> type) {
        return Stream.of(owner, type.getDeclaringClass())
                .flatMap(each -> Stream.of(each.getMethods()))
                .filter(method -> Modifier.isStatic(method.getModifiers())
                        && method.getParameterCount() == 0
                        && method.getReturnType() == type)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        type.getDeclaringClass() + " has no static method that gives the default " + type));
    }

    private static Object set(Object options, String name, @Nullable Object value) {
        List<Object> spread = value instanceof List<?> tuple ? new ArrayList<>(tuple) : Arrays.asList(value);
        PythonBinding best = null;
        for (Method setter : options.getClass().getMethods()) {
            if (!setter.getName().equals(name) || setter.getParameterCount() == 0) {
                continue;
            }
            for (List<Object> arguments : List.of(Arrays.asList(value), spread)) {
                PythonBinding binding = of(options.getClass(), setter, arguments, Map.of());
                if (binding != null && (best == null || binding.cost < best.cost)) {
                    best = binding;
                }
            }
        }
        return best == null ? NO_MATCH : PythonCalls.invoke(best.executable, options, best.arguments);
    }

    private static int distance(@Nullable Object value, Class<?> type) {
        boolean exact = value instanceof Long && (type == long.class || type == long[].class)
                || value instanceof Double && type == double.class
                || value instanceof Boolean && type == boolean.class;
        return exact ? 0 : CONVERTED;
    }

    private static @Nullable Object converted(@Nullable Object value, Class<?> type) {
        if (value == null) {
            return type.isPrimitive() ? NO_MATCH : null;
        }
        if (type.isInstance(value)) {
            return value;
        }
        if (value instanceof Number number) {
            return convertedNumber(number, type);
        }
        if (value instanceof Boolean) {
            return type == boolean.class ? value : NO_MATCH;
        }
        if (value instanceof String text) {
            return constant(text, type);
        }
        return value instanceof List<?> list ? convertedList(list, type) : NO_MATCH;
    }

    private static Object convertedNumber(Number number, Class<?> type) {
        if (type == double.class || type == Double.class) {
            return number.doubleValue();
        }
        if (type == float.class) {
            return number.floatValue();
        }
        if (!(number instanceof Long)) {
            return NO_MATCH;
        }
        if (type == long.class) {
            return number;
        }
        if (type == int.class || type == Integer.class) {
            return Math.toIntExact(number.longValue());
        }
        if (type == long[].class) {
            return new long[] {number.longValue()};
        }
        return sized(List.of(number), type);
    }

    private static Object convertedList(List<?> list, Class<?> type) {
        if (type.isArray()) {
            Class<?> element = type.getComponentType();
            Object array = Array.newInstance(element, list.size());
            for (int i = 0; i < list.size(); i++) {
                Object converted = converted(list.get(i), element);
                if (converted == NO_MATCH) {
                    return NO_MATCH;
                }
                Array.set(array, i, converted);
            }
            return array;
        }
        Object sized = sized(list, type);
        boolean record = type.isRecord() && type.getRecordComponents().length == list.size();
        return sized == NO_MATCH && record ? record(list, type) : sized;
    }

    /** A tuple as a record of the same components. */
    private static Object record(List<?> components, Class<?> type) {
        PythonBinding binding = of(type, type.getConstructors()[0], List.copyOf(components), Map.of());
        return binding == null ? NO_MATCH : PythonCalls.invoke(binding.executable, null, binding.arguments);
    }

    /** A value class with {@code of(long...)}, such as a size. */
    private static Object sized(List<?> numbers, Class<?> type) {
        try {
            Method of = type.getMethod("of", long[].class);
            Object array = convertedList(numbers, long[].class);
            return array == NO_MATCH ? NO_MATCH : PythonCalls.invoke(of, null, array);
        } catch (NoSuchMethodException e) {
            return NO_MATCH;
        }
    }

    private static Object constant(String text, Class<?> type) {
        String name = text.toUpperCase(Locale.ROOT).replace('-', '_');
        return Stream.ofNullable(type.getEnumConstants())
                .flatMap(Stream::of)
                .filter(constant -> ((Enum<?>) constant).name().equals(name))
                .findFirst()
                .map(Object.class::cast)
                .orElse(NO_MATCH);
    }
}
