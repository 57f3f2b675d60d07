package org.torchbridge.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * The keys of an optimizer's parameter groups, in Python's order: those of its options, and those that choose an
 * implementation in Python, which only travel along.
 *
 * <p>{@code "weight_decay=0"} says that Python's default is the whole number 0, which is written as one.
 */
final class GroupKeys {
    /** What Python's implementation choices are unless somebody set them. */
    private static final Map<String, Object> CHOICES = choices();

    private final Map<String, @Nullable Long> wholeDefaults = new LinkedHashMap<>();

    GroupKeys(String... keys) {
        for (String key : keys) {
            int equals = key.indexOf('=');
            wholeDefaults.put(
                    equals < 0 ? key : key.substring(0, equals),
                    equals < 0 ? null : Long.valueOf(key.substring(equals + 1)));
        }
    }

    boolean isOption(Object options, String key) {
        return wholeDefaults.containsKey(key) && Records.has((Record) options, component(key));
    }

    @Nullable
    Object get(Object options, String key) {
        return toPython(Records.get((Record) options, component(key)), wholeDefaults.get(key));
    }

    /** The options with another value of {@code key}, given as Python's state dicts have it. */
    <O> O with(O options, String key, @Nullable Object value) {
        String component = component(key);
        Class<?> type = Records.type((Record) options, component);
        try {
            return Records.with(options, component, fromPython(type, value));
        } catch (ClassCastException | NullPointerException e) {
            throw new IllegalArgumentException(
                    "the option '" + key + "' is " + value + "; a value of type " + type.getSimpleName()
                            + " is expected",
                    e);
        }
    }

    /** All keys and values of a group with these options and {@code others}. */
    Map<String, @Nullable Object> describe(Object options, Map<String, @Nullable Object> others) {
        Map<String, Object> values = new LinkedHashMap<>();
        wholeDefaults.forEach(
                (key, whole) -> values.put(key, isOption(options, key) ? get(options, key) : CHOICES.get(key)));
        values.putAll(others);
        return values;
    }

    private static @Nullable Object toPython(@Nullable Object value, @Nullable Long whole) {
        if (value instanceof Double number) {
            return whole != null && number == whole.doubleValue() ? (Object) whole : number;
        }
        if (value instanceof List<?> list) {
            List<Object> elements = new ArrayList<>();
            list.forEach(element -> elements.add(toPython(element, whole)));
            return elements;
        }
        return value instanceof Enum<?> constant ? constant.name().toLowerCase(Locale.ROOT) : value;
    }

    private static @Nullable Object fromPython(Class<?> type, @Nullable Object value) {
        if (type == double.class) {
            return number(value);
        }
        if (type == long.class) {
            return ((Number) value).longValue();
        }
        if (type == boolean.class) {
            return (Boolean) value;
        }
        if (value == null) {
            return null;
        }
        if (type == Long.class) {
            return ((Number) value).longValue();
        }
        return type == List.class ? numbers((Iterable<?>) value) : constant(type, (String) value);
    }

    private static Double number(@Nullable Object value) {
        return value instanceof Tensor tensor ? tensor.toDouble() : ((Number) value).doubleValue();
    }

    private static List<Double> numbers(Iterable<?> values) {
        List<Double> numbers = new ArrayList<>();
        values.forEach(value -> numbers.add(value == null ? null : number(value)));
        return Collections.unmodifiableList(numbers);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object constant(Class<?> type, String value) {
        return Enum.valueOf((Class<? extends Enum>) type, value.toUpperCase(Locale.ROOT));
    }

    /** {@code weight_decay} is the component {@code weightDecay}. */
    private static String component(String key) {
        StringBuilder name = new StringBuilder();
        for (String word : key.split("_")) {
            name.append(name.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }

    private static Map<String, Object> choices() {
        Map<String, Object> choices = new LinkedHashMap<>();
        choices.put("foreach", null);
        choices.put("fused", null);
        choices.put("capturable", false);
        choices.put("differentiable", false);
        return choices;
    }
}
