package org.torchbridge.onnx.importer;

import java.util.List;
import java.util.function.BinaryOperator;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** Arithmetic of two or more tensors, element by element. */
final class MathRules {
    private MathRules() {}

    static void register(Registry r) {
        r.rule("Add", 7, (node, c) -> pair(node, c, "aten::add"));
        r.rule("Sub", 7, (node, c) -> pair(node, c, "aten::sub"));
        r.rule("Mul", 7, (node, c) -> pair(node, c, "aten::mul"));
        r.rule("Div", 7, MathRules::div);
        r.rule("Pow", 7, MathRules::pow);
        r.rule("Mod", 10, MathRules::mod);
        r.rule("Max", 1, (node, c) -> fold(node, (a, b) -> c.op("aten::maximum", a, b)));
        r.rule("Min", 1, (node, c) -> fold(node, (a, b) -> c.op("aten::minimum", a, b)));
        r.rule("Sum", 1, (node, c) -> fold(node, (a, b) -> c.op("aten::add", a, b)));
        r.rule("Mean", 1, MathRules::mean);
        r.rule("BitwiseAnd", 18, (node, c) -> pair(node, c, "aten::bitwise_and"));
        r.rule("BitwiseOr", 18, (node, c) -> pair(node, c, "aten::bitwise_or"));
        r.rule("BitwiseXor", 18, (node, c) -> pair(node, c, "aten::bitwise_xor"));
        r.rule("BitShift", 11, MathRules::bitShift);
        r.rule("CumSum", 11, MathRules::cumSum);
    }

    private static Value pair(OnnxNode node, Conversion c, String kind) {
        return c.op(kind, node.tensor(0), node.tensor(1));
    }

    private static Value fold(OnnxNode node, BinaryOperator<Value> operator) {
        return node.tensors().stream().reduce(operator).orElseThrow(() -> node.broken("has no input"));
    }

    private static Value div(OnnxNode node, Conversion c) {
        return node.isInteger(0)
                ? c.op("aten::div", node.tensor(0), node.tensor(1), "trunc")
                : pair(node, c, "aten::div");
    }

    private static Value mean(OnnxNode node, Conversion c) {
        Value sum = fold(node, (a, b) -> c.op("aten::add", a, b));
        return c.op("aten::div", sum, (long) node.inputs());
    }

    /** The result has the type of the base, whatever that of the exponent is. */
    private static Value pow(OnnxNode node, Conversion c) {
        Value base = node.tensor(0);
        Value power = c.op("aten::pow", base, node.tensor(1));
        DType dtype = node.dtype(0);
        return dtype == null ? power : c.cast(power, dtype);
    }

    private static Value mod(OnnxNode node, Conversion c) {
        return pair(node, c, node.flag("fmod", false) ? "aten::fmod" : "aten::remainder");
    }

    private static Value bitShift(OnnxNode node, Conversion c) {
        String direction = node.oneOf("direction", "LEFT", "RIGHT");
        return pair(node, c, direction.equals("LEFT") ? "aten::bitwise_left_shift" : "aten::bitwise_right_shift");
    }

    private static Value cumSum(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        Object axis = node.number(1);
        boolean exclusive = node.flag("exclusive", false);
        boolean reverse = node.flag("reverse", false);
        Value ordered = reverse ? c.op("aten::flip", x, c.list(List.of(axis))) : x;
        Value sum = c.op("aten::cumsum", ordered, axis, node.dtype(0));
        Value shifted = exclusive ? c.op("aten::sub", sum, ordered) : sum;
        return reverse ? c.op("aten::flip", shifted, c.list(List.of(axis))) : shifted;
    }
}
