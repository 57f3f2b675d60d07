package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;

/**
 * Tensors of strings are lists of them, row by row. Of their shape is known what the model declares, which only matters where
 * strings meet others, or become numbers.
 */
final class StringRules {
    private static final Type TEXTS = new Type.OfList(Type.STRING);

    private static final String WHITE = " \t\n\r\f\u000b";

    private StringRules() {}

    static void register(Registry r) {
        r.rule("StringNormalizer", 10, StringRules::normalize);
        r.rule("StringConcat", 20, StringRules::concat);
        r.many("StringSplit", 20, StringRules::split);
        r.limit("StringConcat", "strings of several dimensions with others of another shape");
    }

    static boolean isText(Value value) {
        return value.type().equals(TEXTS);
    }

    static Value texts(OnnxNode node, int input) {
        Value value = node.value(input);
        if (!isText(value)) {
            throw node.broken("has an input " + input + " that is not of strings");
        }
        return value;
    }

    // ---- lists and shapes

    /** A list of what {@code body} makes of each of a list's elements. */
    static Value each(Conversion c, Value list, Type element, UnaryOperator<Value> body) {
        Value empty = c.list(element, List.of());
        return c.loop(c.op("aten::len", list), true, List.of(empty), turn -> {
                    Value made = body.apply(c.op("aten::__getitem__", list, turn.get(0)));
                    return List.of(c.constant(true), appended(c, turn.get(1), element, made));
                })
                .get(0);
    }

    private static Value appended(Conversion c, Value list, Type element, Value one) {
        return c.op("aten::add", list, c.list(element, List.of(one)));
    }

    /** A row of numbers in the shape of the strings that they were made of, whose first size stays open. */
    static Value shaped(OnnxNode node, Conversion c, Value row, @Nullable List<@Nullable Long> shape) {
        if (shape == null || shape.stream().skip(1).anyMatch(size -> size == null)) {
            throw node.unsupported("strings of an unknown shape");
        }
        if (shape.size() == 1) {
            return row;
        }
        List<Object> sizes = new ArrayList<>(shape);
        if (!sizes.isEmpty()) {
            sizes.set(0, -1L);
        }
        return c.op("aten::reshape", row, Numbers.row(sizes));
    }

    // ---- operators

    /** Without the words to leave out; an empty string if nothing is left. */
    private static Value normalize(OnnxNode node, Conversion c) {
        String change = node.text("case_change_action", "NONE");
        boolean sensitive = node.flag("is_case_sensitive", false);
        List<String> words = node.texts("stopwords");
        node.ignore("locale");
        Value x = texts(node, 0);
        Value kept = words == null ? x : without(c, x, words, sensitive);
        Value changed = change.equals("NONE")
                ? kept
                : each(c, kept, Type.STRING, text -> c.op("aten::" + change.toLowerCase(Locale.ROOT), text));
        Object empty = c.op("aten::eq", c.op("aten::len", changed), 0L);
        Value result = c.ifElse(empty, () -> List.of(c.list(Type.STRING, List.of(""))), () -> List.of(changed))
                .get(0);
        List<@Nullable Long> shape = c.textShape(x);
        return shape == null
                ? result
                : c.texts(result, shape.size() == 2 ? Arrays.asList(1L, null) : Arrays.asList((Long) null));
    }

    private static Value without(Conversion c, Value x, List<String> words, boolean sensitive) {
        Value left = c.list(
                Type.STRING,
                sensitive
                        ? words
                        : words.stream()
                                .map(word -> word.toLowerCase(Locale.ROOT))
                                .toList());
        Value empty = c.list(Type.STRING, List.of());
        return c.loop(c.op("aten::len", x), true, List.of(empty), turn -> {
                    Value text = c.op("aten::__getitem__", x, turn.get(0));
                    Value looked = sensitive ? text : c.op("aten::lower", text);
                    Value next = c.ifElse(
                                    c.op("aten::__contains__", left, looked),
                                    () -> List.of(turn.get(1)),
                                    () -> List.of(appended(c, turn.get(1), Type.STRING, text)))
                            .get(0);
                    return List.of(c.constant(true), next);
                })
                .get(0);
    }

    private static Value concat(OnnxNode node, Conversion c) {
        Value x = texts(node, 0);
        Value y = texts(node, 1);
        List<@Nullable Long> shape = together(node, c, x, y);
        return c.texts(pairs(c, x, y, Type.STRING, "aten::add"), shape);
    }

    static Value equal(OnnxNode node, Conversion c) {
        Value x = texts(node, 0);
        Value y = texts(node, 1);
        List<@Nullable Long> shape = together(node, c, x, y);
        Value truths = pairs(c, x, y, Type.BOOL, "aten::eq");
        return c.known(
                shaped(node, c, c.op("aten::tensor", truths, DType.BOOL, c.device(), false), shape),
                DType.BOOL,
                shape.size());
    }

    /** The shape of both together: they are alike, or one of them is a single string. */
    private static List<@Nullable Long> together(OnnxNode node, Conversion c, Value x, Value y) {
        List<@Nullable Long> a = c.textShape(x);
        List<@Nullable Long> b = c.textShape(y);
        if (a == null || b == null) {
            throw node.unsupported("strings of an unknown shape");
        }
        boolean rows = a.size() <= 1 && b.size() <= 1;
        boolean alike = a.equals(b) && !a.contains(null);
        if (rows || alike || isSingle(a) || isSingle(b)) {
            return a.size() > b.size() || isSingle(b) && a.size() == b.size() ? a : b;
        }
        throw node.unsupported("strings of the shapes " + a + " and " + b + " together");
    }

    private static boolean isSingle(List<@Nullable Long> shape) {
        return shape.stream().allMatch(size -> size != null && size == 1);
    }

    /** Of lists of as many elements, or with a single one, which goes with all of the other. */
    private static Value pairs(Conversion c, Value x, Value y, Type element, String kind) {
        Value first = c.op("aten::len", x);
        Value second = c.op("aten::len", y);
        Object any = c.integer("min", 1L, c.integer("mul", first, second));
        Object count = c.integer("mul", c.integer("max", first, second), any);
        Value empty = c.list(element, List.of());
        return c.loop(count, true, List.of(empty), turn -> {
                    Value a = c.op("aten::__getitem__", x, c.integer("remainder", turn.get(0), first));
                    Value b = c.op("aten::__getitem__", y, c.integer("remainder", turn.get(0), second));
                    return List.of(c.constant(true), appended(c, turn.get(1), element, c.op(kind, a, b)));
                })
                .get(0);
    }

    /** The parts of each string, with empty ones behind them so that all have as many, and how many each has. */
    private static List<@Nullable Value> split(OnnxNode node, Conversion c) {
        String delimiter = node.text("delimiter", "");
        long most = node.integer("maxsplit", -1);
        Value x = texts(node, 0);
        List<@Nullable Long> shape = c.textShape(x);
        UnaryOperator<Value> parts =
                text -> delimiter.isEmpty() ? words(c, text, most) : c.op("aten::split", text, delimiter, most);
        Value counts = each(c, x, Type.INT, text -> c.op("aten::len", parts.apply(text)));
        Value lengths = c.op("aten::tensor", counts, DType.INT64, c.device(), false);
        Value longest = c.loop(c.op("aten::len", x), true, List.of(c.constant(0L)), turn -> {
                    Value count = c.op("aten::__getitem__", counts, turn.get(0));
                    return List.of(c.constant(true), c.op("prim::max", turn.get(1), count));
                })
                .get(0);
        Value empty = c.list(Type.STRING, List.of());
        Value all = c.loop(c.op("aten::len", x), true, List.of(empty), turn -> {
                    Value own = parts.apply(c.op("aten::__getitem__", x, turn.get(0)));
                    Value missing = c.op("aten::sub", longest, c.op("aten::len", own));
                    Value fill = c.op("aten::mul", c.list(Type.STRING, List.of("")), missing);
                    return List.of(c.constant(true), c.op("aten::add", c.op("aten::add", turn.get(1), own), fill));
                })
                .get(0);
        if (shape != null) {
            List<@Nullable Long> longer = new ArrayList<>(shape);
            longer.add(null);
            c.texts(all, longer);
        }
        return List.of(all, c.known(shaped(node, c, lengths, shape), DType.INT64, shape.size()));
    }

    /** What is between white space; behind {@code most} of them, unless it is negative, the rest of the text. */
    private static Value words(Conversion c, Value text, long most) {
        Value words = c.op("aten::split", text, null, -1L);
        if (most < 0) {
            return words;
        }
        return c.ifElse(
                        c.op("aten::gt", c.op("aten::len", words), most),
                        () -> List.of(c.op(
                                "aten::add",
                                c.op("aten::slice", words, 0L, most, 1L),
                                c.list(Type.STRING, List.of(behind(c, text, words, most))))),
                        () -> List.of(words))
                .get(0);
    }

    /** The text behind its first words and the white space there. */
    private static Value behind(Conversion c, Value text, Value words, long count) {
        return c.loop(count, true, List.of(c.op("aten::lstrip", text, WHITE)), turn -> {
                    Value length = c.op("aten::len", c.op("aten::__getitem__", words, turn.get(0)));
                    Value rest = c.op("aten::slice", turn.get(1), length, null, 1L);
                    return List.of(c.constant(true), c.op("aten::lstrip", rest, WHITE));
                })
                .get(0);
    }

    // ---- to and from numbers

    /** Numbers that texts say; texts of whole numbers. */
    static Value cast(OnnxNode node, Conversion c, Value value, ElementType to) {
        if (to == ElementType.STRING) {
            return isText(value) ? value : printed(node, c, value);
        }
        DType dtype = to.carrier();
        if (dtype == null || dtype == DType.BOOL) {
            throw node.unsupported("of strings to " + to);
        }
        boolean real = dtype.isFloatingPoint();
        Value numbers =
                each(c, value, real ? Type.FLOAT : Type.INT, text -> c.op(real ? "aten::Float" : "aten::Int", text));
        Value row = c.op("aten::tensor", numbers, dtype, c.device(), false);
        List<@Nullable Long> shape = c.textShape(value);
        return c.declared(c.known(shaped(node, c, row, shape), dtype, shape.size()), to);
    }

    private static Value printed(OnnxNode node, Conversion c, Value x) {
        DType dtype = Conversion.dtype(x);
        if (dtype == null || !dtype.isInteger()) {
            throw node.unsupported("to string of numbers that are not whole");
        }
        Value flat = c.op("aten::flatten", x, 0L, -1L);
        Value empty = c.list(Type.STRING, List.of());
        Value texts = c.loop(c.op("aten::numel", x), true, List.of(empty), turn -> {
                    Value number = c.op("aten::Int", c.op("aten::select", flat, 0L, turn.get(0)));
                    return List.of(c.constant(true), appended(c, turn.get(1), Type.STRING, c.op("aten::str", number)));
                })
                .get(0);
        List<@Nullable Long> shape = Conversion.type(x).shape();
        return shape == null ? texts : c.texts(texts, shape);
    }
}
