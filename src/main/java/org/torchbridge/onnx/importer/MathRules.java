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
        r.rule("Div", 7, (node, c) -> div(node, c, node.tensor(0), node.tensor(1)));
        r.rule("Pow", 7, (node, c) -> pow(node, c, node.tensor(0), node.tensor(1)));
        r.rule("Mod", 10, MathRules::mod);
        r.rule("Max", 1, (node, c) -> fold(node, (a, b) -> c.op("aten::maximum", a, b)));
        r.rule("Min", 1, (node, c) -> fold(node, (a, b) -> c.op("aten::minimum", a, b)));
        r.rule("Sum", 1, (node, c) -> fold(node, (a, b) -> c.op("aten::add", a, b)));
        r.rule("Mean", 1, MathRules::mean);
        r.rule("BitwiseAnd", 18, (node, c) -> pair(node, c, "aten::bitwise_and"));
        r.rule("BitwiseOr", 18, (node, c) -> pair(node, c, "aten::bitwise_or"));
        r.rule("BitwiseXor", 18, (node, c) -> pair(node, c, "aten::bitwise_xor"));
        r.rule("BitShift", 11, MathRules::bitShift);
        r.rule("CumSum", 11, (node, c) -> cumulative(node, c, "aten::cumsum", "aten::zeros_like"));
        r.rule("CumProd", 26, (node, c) -> cumulative(node, c, "aten::cumprod", "aten::ones_like"));
    }

    private static Value pair(OnnxNode node, Conversion c, String kind) {
        return c.op(kind, node.tensor(0), node.tensor(1));
    }

    private static Value fold(OnnxNode node, BinaryOperator<Value> operator) {
        return node.tensors().stream().reduce(operator).orElseThrow(() -> node.broken("has no input"));
    }

    static Value div(OnnxNode node, Conversion c, Value a, Value b) {
        return node.isInteger(0) ? c.op("aten::div", a, b, "trunc") : c.op("aten::div", a, b);
    }

    private static Value mean(OnnxNode node, Conversion c) {
        Value sum = fold(node, (a, b) -> c.op("aten::add", a, b));
        return c.op("aten::div", sum, (long) node.inputs());
    }

    /** The result has the type of the base, whatever that of the exponent is. */
    static Value pow(OnnxNode node, Conversion c, Value base, Value exponent) {
        Value power = c.op("aten::pow", base, exponent);
        DType dtype = node.dtype(0);
        return dtype == null ? power : c.cast(power, dtype);
    }

    /** A rest of zero has a sign too: that of the divisor, or with {@code fmod} that of the dividend. */
    private static Value mod(OnnxNode node, Conversion c) {
        if (node.flag("fmod", false)) {
            return pair(node, c, "aten::fmod");
        }
        Value rest = pair(node, c, "aten::remainder");
        DType dtype = node.dtype(0);
        return dtype != null && dtype.isFloatingPoint() ? c.op("aten::copysign", rest, node.tensor(1)) : rest;
    }

    private static Value bitShift(OnnxNode node, Conversion c) {
        String direction = node.oneOf("direction", "LEFT", "RIGHT");
        return pair(node, c, direction.equals("LEFT") ? "aten::bitwise_left_shift" : "aten::bitwise_right_shift");
    }

    /** @param nothing makes what an exclusive result begins with */
    private static Value cumulative(OnnxNode node, Conversion c, String kind, String nothing) {
        Value x = node.tensor(0);
        Object axis = node.number(1);
        boolean exclusive = node.flag("exclusive", false);
        boolean reverse = node.flag("reverse", false);
        Value ordered = reverse ? c.op("aten::flip", x, c.list(List.of(axis))) : x;
        Value taken = exclusive ? shifted(c, ordered, axis, nothing) : ordered;
        Value result = c.op(kind, taken, axis, node.dtype(0));
        return reverse ? c.op("aten::flip", result, c.list(List.of(axis))) : result;
    }

    private static Value shifted(Conversion c, Value x, Object axis, String nothing) {
        Value first = c.op(nothing, c.op("aten::slice", x, axis, 0L, 1L, 1L));
        return c.op("aten::cat", c.list(List.of(first, c.op("aten::slice", x, axis, 0L, -1L, 1L))), axis);
    }
}
