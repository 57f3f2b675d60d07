package org.torchbridge.onnx.importer;

import org.torchbridge.graph.Value;

/** Functions of one element: activations, and those of mathematics. */
final class ElementwiseRules {
    private ElementwiseRules() {}

    static void register(Registry r) {
        plain(r, "Abs", "abs", "Acos", "acos", "Acosh", "acosh", "Asin", "asin", "Asinh", "asinh", "Atan", "atan");
        plain(r, "Atanh", "atanh", "Ceil", "ceil", "Cos", "cos", "Cosh", "cosh", "Erf", "erf", "Exp", "exp");
        plain(
                r,
                "Floor",
                "floor",
                "HardSwish",
                "hardswish",
                "IsNaN",
                "isnan",
                "Log",
                "log",
                "Mish",
                "mish",
                "Neg",
                "neg");
        plain(r, "Not", "logical_not", "BitwiseNot", "bitwise_not", "Reciprocal", "reciprocal", "Relu", "relu");
        plain(
                r,
                "Round",
                "round",
                "Sigmoid",
                "sigmoid",
                "Sign",
                "sign",
                "Sin",
                "sin",
                "Sinh",
                "sinh",
                "Softplus",
                "softplus");
        plain(r, "Sqrt", "sqrt", "Tan", "tan", "Tanh", "tanh");
        r.rule("Softsign", 1, ElementwiseRules::softsign);
        r.rule("LeakyRelu", 1, (node, c) -> c.op("aten::leaky_relu", node.tensor(0), node.real("alpha", 0.01)));
        r.rule("Elu", 1, (node, c) -> c.op("aten::elu", node.tensor(0), node.real("alpha", 1)));
        r.rule("Celu", 12, (node, c) -> c.op("aten::celu", node.tensor(0), node.real("alpha", 1)));
        r.rule("Selu", 1, ElementwiseRules::selu);
        r.rule("Gelu", 20, (node, c) -> c.op("aten::gelu", node.tensor(0), node.oneOf("approximate", "none", "tanh")));
        r.rule("Swish", 24, ElementwiseRules::swish);
        r.rule("SwiGLU", 28, (node, c) -> c.op("aten::mul", swish(node, c), node.tensor(1)));
        r.rule("HardSigmoid", 1, ElementwiseRules::hardSigmoid);
        r.rule("ThresholdedRelu", 10, ElementwiseRules::thresholdedRelu);
        r.rule("Shrink", 9, ElementwiseRules::shrink);
        r.rule("PRelu", 7, ElementwiseRules::prelu);
        r.rule("Clip", 1, ElementwiseRules::clipByAttributes);
        r.rule("Clip", 11, ElementwiseRules::clip);
        r.rule("IsInf", 10, ElementwiseRules::isInf);
    }

    /** Operators that libtorch has just so: pairs of names. */
    private static void plain(Registry r, String... names) {
        for (int i = 0; i < names.length; i += 2) {
            String kind = "aten::" + names[i + 1];
            r.rule(names[i], 1, (node, c) -> c.op(kind, node.tensor(0)));
        }
    }

    private static Value softsign(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        return c.op("aten::div", x, c.op("aten::add", c.op("aten::abs", x), 1L));
    }

    private static Value selu(OnnxNode node, Conversion c) {
        double alpha = node.real("alpha", 1.6732632);
        double gamma = node.real("gamma", 1.050701);
        return c.op("aten::elu", node.tensor(0), alpha, gamma);
    }

    private static Value swish(OnnxNode node, Conversion c) {
        double alpha = node.real("alpha", 1);
        Value x = node.tensor(0);
        return alpha == 1
                ? c.op("aten::silu", x)
                : c.op("aten::mul", x, c.op("aten::sigmoid", c.op("aten::mul", x, alpha)));
    }

    private static Value hardSigmoid(OnnxNode node, Conversion c) {
        Value scaled = c.op("aten::mul", node.tensor(0), node.real("alpha", 0.2));
        return c.op("aten::clamp", c.op("aten::add", scaled, node.real("beta", 0.5)), 0.0, 1.0);
    }

    private static Value thresholdedRelu(OnnxNode node, Conversion c) {
        return c.op("aten::threshold", node.tensor(0), node.real("alpha", 1), 0.0);
    }

    private static Value shrink(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        double bias = node.real("bias", 0);
        double lambda = node.real("lambd", 0.5);
        Value zeros = c.op("aten::zeros_like", x);
        Value above = c.op("aten::where", c.op("aten::gt", x, lambda), c.op("aten::sub", x, bias), zeros);
        Value shrunk = c.op("aten::where", c.op("aten::lt", x, -lambda), c.op("aten::add", x, bias), above);
        return c.op("aten::type_as", shrunk, x);
    }

    private static Value prelu(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        Value slope = node.weight(1, "weight");
        Value scaled = c.op("aten::mul", x, slope);
        return c.op("aten::where", c.op("aten::lt", x, 0L), scaled, x);
    }

    private static Value clipByAttributes(OnnxNode node, Conversion c) {
        return c.op(
                "aten::clamp", node.tensor(0), node.real("min", -Float.MAX_VALUE), node.real("max", Float.MAX_VALUE));
    }

    private static Value clip(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        if (!node.has(1) && !node.has(2)) {
            return x;
        }
        return c.op("aten::clamp", x, node.tensorOrNull(1), node.tensorOrNull(2));
    }

    private static Value isInf(OnnxNode node, Conversion c) {
        boolean negative = node.flag("detect_negative", true);
        boolean positive = node.flag("detect_positive", true);
        Value x = node.tensor(0);
        if (negative && positive) {
            return c.op("aten::isinf", x);
        }
        return negative || positive
                ? c.op(negative ? "aten::isneginf" : "aten::isposinf", x)
                : c.op("aten::zeros_like", c.op("aten::isinf", x));
    }
}
