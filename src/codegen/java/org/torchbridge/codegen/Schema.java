package org.torchbridge.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One operator overload as libtorch declares it, for example
 * {@code aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor}.
 *
 * @param name the operator without its namespace: {@code add}
 * @param overload the overload, empty for the unnamed one: {@code Tensor}
 */
public record Schema(String text, String name, String overload, List<Argument> arguments, List<Result> results) {
    private static final String NAMESPACE = "aten::";

    /** An argument; {@code type} has no alias annotation, {@code defaultValue} is the schema's text or null. */
    public record Argument(String type, String name, String defaultValue, boolean mutated, boolean keywordOnly) {}

    /** A result; {@code name} is empty where the schema gives none. */
    public record Result(String type, String name, boolean mutated) {}

    static boolean isOperator(String text) {
        return text.startsWith(NAMESPACE);
    }

    public static Schema parse(String text) {
        int open = text.indexOf('(');
        int close = closing(text, open);
        String[] name = text.substring(NAMESPACE.length(), open).split("\\.", 2);
        return new Schema(
                text,
                name[0],
                name.length > 1 ? name[1] : "",
                arguments(text.substring(open + 1, close)),
                results(text.substring(close + 1).replaceFirst("^ -> ", "").trim()));
    }

    /** The name of the C++ struct that libtorch generates for this overload: {@code add_Tensor}. */
    public String symbol() {
        return overload.isEmpty() ? name : name + "_" + overload;
    }

    /** Whether the overload writes into tensors that the caller passes by keyword. */
    public boolean isOutVariant() {
        return arguments.stream().anyMatch(a -> a.mutated() && a.keywordOnly());
    }

    /** Splits at commas that stand outside of brackets and quotes; the arrow in {@code Tensor(a -> *)} is no bracket. */
    static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && "([<".indexOf(c) >= 0) {
                depth++;
            } else if (!quoted && (")]".indexOf(c) >= 0 || c == '>' && text.charAt(i - 1) != '-')) {
                depth--;
            } else if (!quoted && depth == 0 && c == ',') {
                parts.add(text.substring(start, i).trim());
                start = i + 1;
            }
        }
        if (!text.substring(start).isBlank()) {
            parts.add(text.substring(start).trim());
        }
        return parts;
    }

    private static List<Argument> arguments(String list) {
        List<Argument> arguments = new ArrayList<>();
        boolean keywordOnly = false;
        for (String part : split(list)) {
            if (part.equals("*")) {
                keywordOnly = true;
                continue;
            }
            if (part.equals("...")) {
                continue;
            }
            int equals = part.indexOf('=');
            String declaration = equals < 0 ? part : part.substring(0, equals);
            int space = declaration.lastIndexOf(' ');
            arguments.add(new Argument(
                    withoutAlias(declaration.substring(0, space)),
                    declaration.substring(space + 1),
                    equals < 0 ? null : part.substring(equals + 1),
                    declaration.contains("!"),
                    keywordOnly));
        }
        return arguments;
    }

    private static List<Result> results(String text) {
        boolean tuple = text.startsWith("(") && closing(text, 0) == text.length() - 1;
        List<Result> results = new ArrayList<>();
        for (String part : split(tuple ? text.substring(1, text.length() - 1) : text)) {
            String plain = withoutAlias(part);
            int space = plain.indexOf(' ');
            results.add(new Result(
                    space < 0 ? plain : plain.substring(0, space),
                    space < 0 ? "" : plain.substring(space + 1),
                    part.contains("!")));
        }
        return results;
    }

    private static String withoutAlias(String type) {
        return type.replaceAll("\\([^)]*\\)", "");
    }

    private static int closing(String text, int open) {
        int depth = 0;
        for (int i = open; ; i++) {
            if (text.charAt(i) == '(') {
                depth++;
            } else if (text.charAt(i) == ')' && --depth == 0) {
                return i;
            }
        }
    }

    private static final Set<String> JAVA_KEYWORDS = Set.of(
            "abstract",
            "assert",
            "boolean",
            "break",
            "byte",
            "case",
            "char",
            "class",
            "const",
            "default",
            "do",
            "double",
            "else",
            "final",
            "float",
            "for",
            "if",
            "import",
            "int",
            "interface",
            "long",
            "native",
            "new",
            "package",
            "private",
            "public",
            "return",
            "short",
            "static",
            "super",
            "switch",
            "this",
            "void",
            "while");

    /** PyTorch's words in Java's case: {@code log_softmax} is {@code logSoftmax}, {@code add_} stays {@code add_}. */
    public static String camelCase(String name) {
        StringBuilder camel = new StringBuilder();
        int first = 0;
        while (first < name.length() && name.charAt(first) == '_') {
            camel.append('_');
            first++;
        }
        int last = name.length();
        while (last > first && name.charAt(last - 1) == '_') {
            last--;
        }
        boolean upper = false;
        for (char c : name.substring(first, last).toCharArray()) {
            if (c == '_') {
                upper = true;
            } else {
                camel.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        camel.append(name.substring(last));
        return JAVA_KEYWORDS.contains(camel.toString()) ? camel + "_" : camel.toString();
    }
}
