package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Strings in parts, between delimiters or white space. */
final class StringSplit {
    private StringSplit() {}

    /** The parts of each string, with empty ones behind them so that all have as many, and how many each has. */
    static List<@Nullable Value> write(OnnxNode node, Conversion c) {
        String delimiter = node.text("delimiter", "");
        long most = node.integer("maxsplit", -1);
        Value x = StringRules.texts(node, 0);
        List<@Nullable Long> shape = c.textShape(x);
        UnaryOperator<Value> parts =
                text -> delimiter.isEmpty() ? words(c, text, most) : c.op("aten::split", text, delimiter, most);
        Value counts = StringRules.each(c, x, Type.INT, text -> c.op("aten::len", parts.apply(text)));
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
        return List.of(all, c.known(StringRules.shaped(node, c, lengths, shape), DType.INT64, shape.size()));
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
        return c.loop(count, true, List.of(c.op("aten::lstrip", text)), turn -> {
                    Value length = c.op("aten::len", c.op("aten::__getitem__", words, turn.get(0)));
                    Value rest = c.op("aten::slice", turn.get(1), length, null, 1L);
                    return List.of(c.constant(true), c.op("aten::lstrip", rest));
                })
                .get(0);
    }
}
