package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;

/** Operators as they were up to version 6, where later versions say something else. */
final class OldRules {
    private OldRules() {}

    static void register(Registry r) {
        pairs(r, "Add", "add", "Sub", "sub", "Mul", "mul");
        pairs(r, "And", "logical_and", "Or", "logical_or", "Xor", "logical_xor");
        pairs(r, "Equal", "eq", "Less", "lt", "Greater", "gt");
        r.rule("Div", 1, (node, c) -> pair(node, c, (a, b) -> MathRules.div(node, c, a, b)));
        r.rule("Pow", 1, (node, c) -> pair(node, c, (a, b) -> MathRules.pow(node, c, a, b)));
        r.rule("Gemm", 1, OldRules::gemm);
        r.many("BatchNormalization", 1, OldRules::batchNorm);
        r.many("Dropout", 1, OldRules::dropout);
        r.rule("PRelu", 1, (node, c) -> c.op("aten::prelu", node.tensor(0), node.weight(1, "weight")));
        r.rule("Concat", 1, (node, c) -> c.op("aten::cat", c.list(node.tensors()), node.integer("axis", 1)));
        r.rule("Cast", 1, OldRules::cast);
        for (String operator : List.of("Add", "Sub", "Mul", "Div", "Pow")) {
            r.limit(operator, "before version 7: tensors of an unknown number of dimensions that meet at an `axis`");
        }
    }

    private static void pairs(Registry r, String... names) {
        for (int i = 0; i < names.length; i += 2) {
            String kind = "aten::" + names[i + 1];
            r.rule(names[i], 1, (node, c) -> pair(node, c, (a, b) -> c.op(kind, a, b)));
        }
    }

    /** The second tensor has the dimensions of the first that begin at {@code axis}, or the last ones, or one element. */
    private static Value pair(OnnxNode node, Conversion c, BinaryOperator<Value> operator) {
        boolean meets = node.flag("broadcast", false) && node.hasAttribute("axis");
        long axis = node.integer("axis", 0);
        Value a = node.tensor(0);
        Value b = node.tensor(1);
        if (!meets || node.rank(1) == 0) {
            return operator.apply(a, b);
        }
        int rank = node.knownRank(0);
        int first = (int) (axis < 0 ? axis + rank : axis);
        int behind = rank - first - node.knownRank(1);
        if (first < 0 || behind < 0) {
            throw node.broken("meets at axis " + axis + " of a tensor that has too few dimensions");
        }
        List<Object> sizes = new ArrayList<>(c.sizes(b).elements());
        sizes.addAll(Collections.nCopies(behind, 1L));
        return operator.apply(a, behind == 0 ? b : c.op("aten::reshape", b, Numbers.row(sizes)));
    }

    private static Value gemm(OnnxNode node, Conversion c) {
        node.ignore("broadcast");
        return MatrixRules.gemm(node, c);
    }

    private static List<@Nullable Value> batchNorm(OnnxNode node, Conversion c) {
        node.ignore("is_test");
        return NormalizationRules.batchNorm(node, c);
    }

    private static List<@Nullable Value> dropout(OnnxNode node, Conversion c) {
        node.ignore("is_test");
        return NormalizationRules.dropout(node, c);
    }

    /** The type is named rather than numbered. */
    private static Value cast(OnnxNode node, Conversion c) {
        String name = node.text("to");
        for (ElementType type : ElementType.values()) {
            if (type.name().equals(name)) {
                return Casts.write(node, c, node.value(0), type, true, "up");
            }
        }
        throw node.unsupported("to " + name);
    }
}
