package org.torchbridge.onnx.importer;

import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.ExternalData;
import org.torchbridge.onnx.TensorReader;
import org.torchbridge.onnx.proto.AttributeProto;

/** Constants, tensors that are made from sizes, and values that are handed on or change their type. */
final class ConstantRules {
    private ConstantRules() {}

    static void register(Registry r) {
        r.rule("Constant", 1, ConstantRules::constant);
        r.rule("ConstantOfShape", 9, ConstantRules::constantOfShape);
        r.rule("Identity", 1, (node, c) -> node.value(0));
        r.rule("Cast", 6, ConstantRules::cast);
        r.rule("CastLike", 15, ConstantRules::castLike);
        r.rule("BitCast", 26, BitCasts::write);
        r.limit("BitCast", "between whole and real numbers of four bits");
        r.limit("Cast", "real numbers to strings");
        r.limit("CastLike", "real numbers to strings");
        r.rule("Range", 11, ConstantRules::range);
        r.rule("EyeLike", 9, ConstantRules::eyeLike);
    }

    private static Value constant(OnnxNode node, Conversion c) {
        AttributeProto value = node.attribute("value");
        if (value != null) {
            return ModelTensors.isText(value.getT())
                    ? c.texts(value.getT())
                    : c.declared(
                            c.constant(c.read(value.getT())),
                            ElementType.of(value.getT().getDataType()));
        }
        AttributeProto sparse = node.attribute("sparse_value");
        if (sparse != null) {
            return c.constant(new TensorReader(ExternalData.NONE).read(sparse.getSparseTensor()));
        }
        return node.hasAttribute("value_string") || node.hasAttribute("value_strings")
                ? texts(node, c)
                : c.constant(number(node));
    }

    private static Value texts(OnnxNode node, Conversion c) {
        List<String> several = node.texts("value_strings");
        return several == null
                ? c.texts(c.list(Type.STRING, List.of(node.text("value_string"))), List.of())
                : c.texts(c.list(Type.STRING, several), List.of((long) several.size()));
    }

    private static Object number(OnnxNode node) {
        if (node.hasAttribute("value_int")) {
            return scalar(Torch.tensor(new long[] {node.integer("value_int")}));
        }
        if (node.hasAttribute("value_float")) {
            return scalar(Torch.tensor(new float[] {(float) node.real("value_float")}));
        }
        if (node.hasAttribute("value_ints")) {
            return Torch.tensor(node.integers("value_ints"));
        }
        if (node.hasAttribute("value_floats")) {
            return Torch.tensor(floats(node.reals("value_floats")));
        }
        throw node.broken("has no value");
    }

    private static Tensor scalar(Tensor row) {
        return row.reshape(new long[0]);
    }

    private static float[] floats(List<Double> numbers) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i).floatValue();
        }
        return floats;
    }

    private static Value constantOfShape(OnnxNode node, Conversion c) {
        Tensor value =
                node.hasAttribute("value") ? c.read(node.tensorAttribute("value")) : Torch.tensor(new float[] {0});
        Numbers sizes = node.numbers(0);
        Object number = value.dtype().isFloatingPoint() ? (Object) value.toDouble() : (Object) value.toLong();
        Object fill = value.dtype() == DType.BOOL ? (Object) value.toBoolean() : number;
        return c.op("aten::full", sizes.asRow(), fill, value.dtype(), null, c.device());
    }

    private static Value cast(OnnxNode node, Conversion c) {
        ElementType to = ElementType.of((int) node.integer("to"));
        return Casts.write(node, c, node.value(0), to, node.flag("saturate", true), node.text("round_mode", "up"));
    }

    private static Value castLike(OnnxNode node, Conversion c) {
        boolean saturate = node.flag("saturate", true);
        String rounding = node.text("round_mode", "up");
        ElementType to = node.element(1);
        return to == ElementType.UNDEFINED
                ? c.op("aten::type_as", node.tensor(0), node.tensor(1))
                : Casts.write(node, c, node.value(0), to, saturate, rounding);
    }

    private static Value range(OnnxNode node, Conversion c) {
        node.ignore("stash_type");
        DType dtype = node.dtype(0);
        boolean real = dtype != null && dtype.isFloatingPoint();
        Object start = bound(node, c, 0, real);
        Object limit = bound(node, c, 1, real);
        Object step = bound(node, c, 2, real);
        if (step.equals(1L)) {
            // libtorch refuses a limit that the steps lead away from; here it means that there is nothing.
            Object end = c.integer("max", start, limit);
            return c.known(c.op("aten::arange", start, end, step, dtype, null, c.device(), null), dtype, 1);
        }
        Value count = c.op("aten::ceil", c.op("aten::div", c.op("aten::sub", limit, start), step));
        // Halves do not count further than to 2048.
        DType counted = dtype == DType.FLOAT16 || dtype == DType.BFLOAT16 ? DType.FLOAT32 : dtype;
        Object steps = c.op("prim::max", c.op("aten::Int", count), 0L);
        Value places = c.op("aten::arange", 0L, steps, 1L, counted, null, c.device(), null);
        Value numbers = c.known(c.op("aten::add", c.op("aten::mul", places, step), start), counted, 1);
        return dtype == counted ? numbers : c.cast(numbers, dtype);
    }

    private static Object bound(OnnxNode node, Conversion c, int input, boolean real) {
        Tensor known = node.constantOrNull(input);
        if (known != null) {
            return real ? (Object) known.toDouble() : (Object) known.toLong();
        }
        return real ? c.op("aten::Float", node.tensor(input)) : node.number(input);
    }

    private static Value eyeLike(OnnxNode node, Conversion c) {
        ElementType element = node.elementAttribute("dtype", node.element(0));
        Value x = node.tensor(0);
        Value zeros = c.op("aten::zeros_like", x, element);
        Value ones = c.op("aten::ones_like", zeros);
        long k = node.integer("k", 0);
        return c.op("aten::sub", c.op("aten::triu", ones, k), c.op("aten::triu", ones, k + 1));
    }
}
