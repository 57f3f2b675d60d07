package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An overload that takes the given arguments, and how each becomes what it asks for.
 *
 * @param results the types of what the operator gives
 */
record SchemaMatch(Schema schema, List<Fit> arguments, List<Type> results) {
    /**
     * The first overload that fits: without conversions if there is one. Arguments that Python takes by name only may be
     * given by position too, where nothing else fits.
     *
     * @param named what is given by name
     */
    static SchemaMatch find(String kind, List<@Nullable Object> given, Map<String, @Nullable Object> named) {
        List<Schema> overloads = Schemas.of(kind);
        for (boolean convert : new boolean[] {false, true}) {
            for (boolean lenient : new boolean[] {false, true}) {
                for (Schema schema : overloads) {
                    SchemaMatch match = new Attempt(schema, given, named, convert, lenient).match();
                    if (match != null) {
                        return match;
                    }
                }
            }
        }
        throw new IllegalArgumentException(misfit(kind, overloads, given, named));
    }

    private static String misfit(
            String kind, List<Schema> overloads, List<@Nullable Object> given, Map<String, @Nullable Object> named) {
        if (overloads.isEmpty()) {
            return "libtorch has no operator " + kind;
        }
        List<String> types = new ArrayList<>();
        given.forEach(value -> types.add(described(value)));
        named.forEach((name, value) -> types.add(name + "=" + described(value)));
        return kind + " does not take " + types.stream().collect(Collectors.joining(", ", "(", ")")) + "; it takes "
                + overloads.stream().map(each -> "\n  " + each).collect(Collectors.joining());
    }

    private static String described(@Nullable Object given) {
        if (given instanceof List<?> list) {
            Function<Object, String> each = SchemaMatch::described;
            return list.stream().map(each).collect(Collectors.joining(", ", "[", "]"));
        }
        return Constants.type(given).toString();
    }

    /** Whether a node with inputs of these types is of the overload. */
    static boolean isOf(Schema schema, List<Type> types) {
        int count = schema.arguments().size();
        if (types.size() < count || types.size() > count && !schema.variadicArguments()) {
            return false;
        }
        Map<String, Type> variables = new HashMap<>();
        for (int i = 0; i < count; i++) {
            TypeRules.bind(schema.arguments().get(i).type(), types.get(i), variables);
        }
        for (int i = 0; i < count; i++) {
            Type wanted = TypeRules.bound(schema.arguments().get(i).type(), variables);
            if (!TypeRules.isSubtype(types.get(i), wanted)) {
                return false;
            }
        }
        return true;
    }

    /** A try of one overload. */
    private static final class Attempt {
        private final Schema schema;
        private final List<@Nullable Object> given;
        private final Map<String, @Nullable Object> named;
        private final boolean convert;
        private final boolean lenient;
        private final Map<String, Type> variables = new HashMap<>();

        Attempt(
                Schema schema,
                List<@Nullable Object> given,
                Map<String, @Nullable Object> named,
                boolean convert,
                boolean lenient) {
            this.schema = schema;
            this.given = given;
            this.named = named;
            this.convert = convert;
            this.lenient = lenient;
        }

        @Nullable
        SchemaMatch match() {
            List<@Nullable Object> values = arranged();
            if (values == null) {
                return null;
            }
            for (int i = 0; i < schema.arguments().size(); i++) {
                bind(schema.arguments().get(i).type(), values.get(i));
            }
            List<Fit> fits = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                Fit fit = fit(i, values.get(i));
                if (fit == null) {
                    return null;
                }
                fits.add(fit);
            }
            List<Type> results = schema.returns().stream()
                    .map(result -> TypeRules.bound(result.type(), variables))
                    .toList();
            return new SchemaMatch(schema, fits, results);
        }

        /** A value for each of the schema's arguments, then what is over; null if some lack or are too many. */
        private @Nullable List<@Nullable Object> arranged() {
            List<@Nullable Object> values = new ArrayList<>();
            int next = 0;
            int names = 0;
            for (Schema.Argument argument : schema.arguments()) {
                boolean byPosition = next < given.size() && (lenient || !argument.keywordOnly());
                if (named.containsKey(argument.name())) {
                    values.add(named.get(argument.name()));
                    names++;
                } else if (byPosition) {
                    values.add(given.get(next++));
                } else if (argument.hasDefault()) {
                    values.add(argument.defaultValue());
                } else {
                    return null;
                }
            }
            values.addAll(given.subList(next, given.size()));
            boolean all = next == given.size() || schema.variadicArguments();
            return all && names == named.size() ? values : null;
        }

        private void bind(Type formal, @Nullable Object value) {
            if (formal instanceof Type.OfVariable
                    || formal instanceof Type.OfList
                    || formal instanceof Type.OfDict
                    || formal instanceof Type.OfOptional) {
                TypeRules.bind(formal, Constants.type(value), variables);
            }
        }

        private @Nullable Fit fit(int index, @Nullable Object value) {
            if (index >= schema.arguments().size()) {
                return Fit.of(value, Type.Simple.ANY, 0, false);
            }
            Schema.Argument argument = schema.arguments().get(index);
            return Fit.of(value, TypeRules.bound(argument.type(), variables), argument.length(), convert);
        }
    }
}
