package org.torchbridge.onnx.importer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.proto.TensorProto;

/** {@code LabelEncoder} and {@code CategoryMapper}: from keys to values, each numbers or strings. */
final class LabelRules {
    private LabelRules() {}

    static void register(Registry r) {
        r.rule("LabelEncoder", 1, LabelRules::classes);
        r.rule("LabelEncoder", 2, LabelRules::encode);
        r.rule("CategoryMapper", 1, LabelRules::categories);
    }

    /** Texts are a list of strings, numbers are a tensor; one of the two is there. */
    private record Column(@Nullable List<String> texts, @Nullable Tensor numbers) {
        long size() {
            return texts != null ? texts.size() : numbers.numel();
        }
    }

    /** As in version 1: strings to their places, or places to strings. */
    private static Value classes(OnnxNode node, Conversion c) {
        List<String> texts = node.texts("classes_strings");
        if (texts == null) {
            throw node.broken("has no classes_strings");
        }
        return translated(node, c, texts, Torch.arange(texts.size()));
    }

    /** Strings to their numbers, or numbers to their strings. */
    private static Value categories(OnnxNode node, Conversion c) {
        List<String> texts = node.texts("cats_strings");
        long[] numbers = node.integers("cats_int64s");
        if (texts == null || numbers == null || texts.size() != numbers.length) {
            throw node.broken("has no cats_strings and cats_int64s, as many of each");
        }
        return translated(node, c, texts, Torch.tensor(numbers));
    }

    private static Value translated(OnnxNode node, Conversion c, List<String> texts, Tensor numbers) {
        Column names = new Column(texts, null);
        Column places = new Column(null, numbers);
        Column missing = new Column(null, Torch.tensor(new long[] {node.integer("default_int64", -1)}));
        Column unknown = new Column(List.of(node.text("default_string", "_Unused")), null);
        return StringRules.isText(node.value(0))
                ? mapped(node, c, names, places, missing)
                : mapped(node, c, places, names, unknown);
    }

    private static Value encode(OnnxNode node, Conversion c) {
        Column keys = column(node, c, "keys_");
        Column values = column(node, c, "values_");
        if (keys == null || values == null || keys.size() != values.size()) {
            throw node.broken("has no keys and values, as many of each");
        }
        return mapped(node, c, keys, values, otherwise(node, c, values));
    }

    private static @Nullable Column column(OnnxNode node, Conversion c, String prefix) {
        if (node.hasAttribute(prefix + "strings")) {
            return new Column(node.texts(prefix + "strings"), null);
        }
        if (node.hasAttribute(prefix + "int64s")) {
            return new Column(null, Torch.tensor(node.integers(prefix + "int64s")));
        }
        if (node.hasAttribute(prefix + "floats")) {
            double[] numbers = node.reals(prefix + "floats").stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            return new Column(null, Torch.tensor(numbers).to(DType.FLOAT32));
        }
        return node.hasAttribute(prefix + "tensor") ? column(c, node.tensorAttribute(prefix + "tensor")) : null;
    }

    private static Column column(Conversion c, TensorProto tensor) {
        return ModelTensors.isText(tensor)
                ? new Column(c.strings(tensor), null)
                : new Column(null, c.read(tensor).flatten());
    }

    /** What stands for keys that there are none of. */
    private static Column otherwise(OnnxNode node, Conversion c, Column values) {
        if (node.hasAttribute("default_tensor")) {
            return column(c, node.tensorAttribute("default_tensor"));
        }
        String text = node.text("default_string", "_Unused");
        long whole = node.integer("default_int64", -1);
        double real = node.real("default_float", 0);
        if (values.texts() != null) {
            return new Column(List.of(text), null);
        }
        DType dtype = values.numbers().dtype();
        Tensor number = dtype.isFloatingPoint() ? Torch.tensor(new double[] {real}) : Torch.tensor(new long[] {whole});
        return new Column(null, number.to(dtype));
    }

    // ---- the table

    private static Value mapped(OnnxNode node, Conversion c, Column keys, Column values, Column otherwise) {
        if (keys.size() == 0 || otherwise.size() != 1) {
            throw node.broken("has no keys, or not one value for all others");
        }
        return keys.texts() == null
                ? ofNumbers(node, c, keys, values, otherwise)
                : ofTexts(node, c, keys, values, otherwise);
    }

    private static Value ofTexts(OnnxNode node, Conversion c, Column keys, Column values, Column otherwise) {
        Value x = StringRules.texts(node, 0);
        Value known = c.list(Type.STRING, keys.texts());
        Value places = StringRules.each(c, x, Type.INT, text -> c.ifElse(
                        c.op("aten::__contains__", known, text),
                        () -> List.of(c.op("aten::index", known, text)),
                        () -> List.of(c.constant(keys.size())))
                .get(0));
        List<@Nullable Long> shape = c.textShape(x);
        if (values.texts() != null) {
            return chosen(c, places, values, otherwise, shape);
        }
        Value row = c.op("aten::tensor", places, DType.INT64, c.device(), false);
        Value numbers = c.op("aten::index_select", table(values, otherwise), 0L, row);
        return StringRules.shaped(node, c, numbers, shape);
    }

    private static Value ofNumbers(OnnxNode node, Conversion c, Column keys, Column values, Column otherwise) {
        Value x = node.tensor(0);
        Value hits = hits(c, c.op("aten::unsqueeze", x, -1L), keys.numbers());
        Value place = c.op("aten::argmax", c.cast(hits, DType.INT64), -1L, false);
        Value found = c.op("aten::any", hits, -1L, false);
        Value places = c.op("aten::where", found, place, c.op("aten::full_like", place, keys.size()));
        if (values.texts() == null) {
            return c.op("aten::take", table(values, otherwise), places);
        }
        Value flat = c.op("aten::flatten", places, 0L, -1L);
        Value empty = c.list(Type.INT, List.of());
        Value list = c.loop(c.op("aten::numel", flat), true, List.of(empty), turn -> {
                    Value one = c.op("aten::Int", c.op("aten::select", flat, 0L, turn.get(0)));
                    return List.of(c.constant(true), c.op("aten::add", turn.get(1), c.list(Type.INT, List.of(one))));
                })
                .get(0);
        return chosen(c, list, values, otherwise, Conversion.type(x).shape());
    }

    /** Which key each element is; what is not a number is found too. */
    private static Value hits(Conversion c, Value x, Tensor keys) {
        Value equal = c.op("aten::eq", x, keys);
        return keys.dtype().isFloatingPoint() && keys.isnan().any().toBoolean()
                ? c.op("aten::logical_or", equal, c.op("aten::logical_and", c.op("aten::isnan", x), keys.isnan()))
                : equal;
    }

    private static Tensor table(Column values, Column otherwise) {
        return Torch.cat(List.of(values.numbers(), otherwise.numbers()), 0);
    }

    private static Value chosen(
            Conversion c, Value places, Column values, Column otherwise, @Nullable List<@Nullable Long> shape) {
        Value texts = c.op("aten::add", c.list(Type.STRING, values.texts()), c.list(Type.STRING, otherwise.texts()));
        Value result = StringRules.each(c, places, Type.STRING, place -> c.op("aten::__getitem__", texts, place));
        return shape == null ? result : c.texts(result, shape);
    }
}
