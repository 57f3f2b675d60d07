package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads types as schemas and graphs write them. After a {@link #type} the parser knows the {@link #length} of its list and
 * its {@link #alias}.
 */
final class TypeParser {
    private static final Map<String, Type> NAMES = Map.ofEntries(
            Map.entry("Tensor", Type.TENSOR),
            Map.entry("int", Type.INT),
            Map.entry("SymInt", Type.INT),
            Map.entry("ScalarType", Type.INT),
            Map.entry("Layout", Type.INT),
            Map.entry("MemoryFormat", Type.INT),
            Map.entry("QScheme", Type.INT),
            Map.entry("float", Type.FLOAT),
            Map.entry("SymFloat", Type.FLOAT),
            Map.entry("complex", Type.Simple.COMPLEX),
            Map.entry("bool", Type.BOOL),
            Map.entry("SymBool", Type.BOOL),
            Map.entry("str", Type.STRING),
            Map.entry("Dimname", Type.STRING),
            Map.entry("NoneType", Type.NONE),
            Map.entry("Scalar", Type.Simple.SCALAR),
            Map.entry("number", Type.Simple.SCALAR),
            Map.entry("Device", Type.Simple.DEVICE),
            Map.entry("Generator", Type.Simple.GENERATOR),
            Map.entry("Stream", Type.Simple.STREAM),
            Map.entry("Quantizer", Type.Simple.QUANTIZER),
            Map.entry("Storage", Type.Simple.STORAGE),
            Map.entry("Any", Type.Simple.ANY));

    private final String text;
    private int at;
    private int length;
    private String alias = "";

    TypeParser(String text) {
        this.text = text;
    }

    static Type parse(String text) {
        TypeParser parser = new TypeParser(text);
        Type type = parser.type();
        parser.end();
        return type;
    }

    // ---- types

    Type type() {
        length = 0;
        alias = "";
        Type type = base();
        while (true) {
            if (take("[]")) {
                type = new Type.OfList(type);
            } else if (take("[")) {
                length = Integer.parseInt(bare());
                expect("]");
                type = new Type.OfList(type);
            } else if (take("?")) {
                type = new Type.OfOptional(type);
            } else if (isNext("(")) {
                alias = between('(', ')');
            } else {
                return type;
            }
        }
    }

    /** The number in {@code int[2]}, 0 if there was none. */
    int length() {
        return length;
    }

    /** The text in {@code Tensor(a!)}, empty if there was none. */
    String alias() {
        return alias;
    }

    private Type base() {
        if (take("(")) {
            return new Type.OfTuple(types());
        }
        String name = path();
        if (name.equals("Dict")) {
            expect("(");
            List<Type> parts = types();
            return new Type.OfDict(parts.get(0), parts.get(1));
        }
        if (name.equals("Future") || name.equals("Await") || name.equals("RRef")) {
            return new Type.OfNative(name + "(" + between('(', ')') + ")", null);
        }
        Type known = NAMES.get(name);
        if (known != null) {
            return known;
        }
        boolean variable = Character.isLowerCase(name.charAt(0)) && !name.contains(".");
        return variable ? new Type.OfVariable(name) : new Type.OfNative(name, null);
    }

    private List<Type> types() {
        List<Type> types = new ArrayList<>();
        while (!take(")")) {
            types.add(type());
            take(",");
        }
        return types;
    }

    // ---- text

    /** A word with dots: {@code __torch__.torch.classes.quantized.Conv2dPackedParamsBase}. */
    private String path() {
        StringBuilder path = new StringBuilder(word());
        while (take(".")) {
            path.append('.').append(word());
        }
        return path.toString();
    }

    boolean isWord() {
        skipSpace();
        return at < text.length() && isPart(text.charAt(at));
    }

    String word() {
        skipSpace();
        int start = at;
        while (at < text.length() && isPart(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw broken("a name");
        }
        return text.substring(start, at);
    }

    private static boolean isPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    /** Everything up to a comma or closing bracket: a number, or a name. */
    String bare() {
        skipSpace();
        int start = at;
        while (at < text.length() && ",)]".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    boolean isQuote() {
        return isNext("\"");
    }

    String quoted() {
        expect("\"");
        StringBuilder value = new StringBuilder();
        while (text.charAt(at) != '"') {
            char c = text.charAt(at++);
            value.append(c == '\\' ? escaped(text.charAt(at++)) : c);
        }
        at++;
        return value.toString();
    }

    private static char escaped(char c) {
        int index = "ntfvr".indexOf(c);
        return index < 0 ? c : "\n\t\f\u000b\r".charAt(index);
    }

    private String between(char open, char close) {
        expect(String.valueOf(open));
        int end = text.indexOf(close, at);
        String inner = text.substring(at, end);
        at = end + 1;
        return inner;
    }

    private boolean isNext(String token) {
        skipSpace();
        return text.startsWith(token, at);
    }

    boolean take(String token) {
        boolean next = isNext(token);
        if (next) {
            at += token.length();
        }
        return next;
    }

    String expect(String token) {
        if (!take(token)) {
            throw broken("'" + token + "'");
        }
        return token;
    }

    void end() {
        skipSpace();
        if (at < text.length()) {
            throw broken("the end");
        }
    }

    private void skipSpace() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private IllegalArgumentException broken(String expected) {
        return new IllegalArgumentException(
                "expected " + expected + " at '" + text.substring(at) + "' of '" + text + "'");
    }
}
