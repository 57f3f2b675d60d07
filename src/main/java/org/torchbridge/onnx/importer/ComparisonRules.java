package org.torchbridge.onnx.importer;

import org.torchbridge.graph.Value;

/** Comparisons and logic. */
final class ComparisonRules {
    private ComparisonRules() {}

    static void register(Registry r) {
        pair(r, 7, "Equal", "eq", "Less", "lt", "Greater", "gt");
        pair(r, 12, "LessOrEqual", "le", "GreaterOrEqual", "ge");
        r.rule("Equal", 19, ComparisonRules::equal);
        pair(r, 7, "And", "logical_and", "Or", "logical_or", "Xor", "logical_xor");
        r.rule("Where", 9, ComparisonRules::where);
    }

    private static void pair(Registry r, int since, String... names) {
        for (int i = 0; i < names.length; i += 2) {
            String kind = "aten::" + names[i + 1];
            r.rule(names[i], since, (node, c) -> c.op(kind, node.tensor(0), node.tensor(1)));
        }
    }

    private static Value equal(OnnxNode node, Conversion c) {
        return StringRules.isText(node.value(0))
                ? StringRules.equal(node, c)
                : c.op("aten::eq", node.tensor(0), node.tensor(1));
    }

    private static Value where(OnnxNode node, Conversion c) {
        return c.op("aten::where", node.tensor(0), node.tensor(1), node.tensor(2));
    }
}
