package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads libtorch's notation of schemas. */
final class SchemaParser {
    private final TypeParser input;
    private boolean variadic;

    SchemaParser(String text) {
        input = new TypeParser(text);
    }

    Schema schema() {
        String kind = input.word() + input.expect("::") + input.word();
        String overload = "";
        if (input.take(".")) {
            overload = input.word();
        }
        input.expect("(");
        List<Schema.Argument> arguments = arguments();
        boolean variadicArguments = variadic;
        input.expect("->");
        List<Schema.Argument> returns = returns();
        input.end();
        return new Schema(kind, overload, arguments, variadicArguments, returns, variadic);
    }

    private List<Schema.Argument> arguments() {
        List<Schema.Argument> arguments = new ArrayList<>();
        boolean keywordOnly = false;
        variadic = false;
        while (!input.take(")")) {
            if (input.take("...")) {
                variadic = true;
            } else if (input.take("*")) {
                keywordOnly = true;
            } else {
                arguments.add(argument(keywordOnly));
            }
            input.take(",");
        }
        return arguments;
    }

    private List<Schema.Argument> returns() {
        variadic = input.take("...");
        if (variadic) {
            return List.of();
        }
        return input.take("(") ? arguments() : List.of(argument(false));
    }

    private Schema.Argument argument(boolean keywordOnly) {
        Type type = input.type();
        int length = input.length();
        String alias = input.alias();
        String name = input.isWord() ? input.word() : "";
        boolean hasDefault = input.take("=");
        Object value = hasDefault ? fitted(literal(), type, length) : null;
        return new Schema.Argument(name, type, length, alias, hasDefault, value, keywordOnly);
    }

    private @Nullable Object literal() {
        if (input.take("[")) {
            List<@Nullable Object> elements = new ArrayList<>();
            while (!input.take("]")) {
                elements.add(literal());
                input.take(",");
            }
            return elements;
        }
        return input.isQuote() ? input.quoted() : plain(input.bare());
    }

    private static @Nullable Object plain(String text) {
        switch (text) {
            case "None":
                return null;
            case "True":
            case "False":
                return text.equals("True");
            case "inf":
                return Double.POSITIVE_INFINITY;
            case "-inf":
                return Double.NEGATIVE_INFINITY;
            case "nan":
                return Double.NaN;
            default:
                return text.matches("-?\\d+") ? (Object) Long.valueOf(text) : Double.valueOf(text);
        }
    }

    /** A number that stands for a list of equal ones, or a whole number for a float, in the type of the argument. */
    private static @Nullable Object fitted(@Nullable Object value, Type type, int length) {
        if (length > 0 && value != null && !(value instanceof List)) {
            return Collections.nCopies(length, value);
        }
        return type == Type.FLOAT && value instanceof Long whole ? (Object) whole.doubleValue() : value;
    }
}
