package org.torchbridge.onnx.exporter;

import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Named;

/** Comparisons, logic and bits, element by element. */
final class ComparisonRules {
    private ComparisonRules() {}

    static void register(Rules r) {
        comparison(r, "aten::eq", "Equal");
        comparison(r, "aten::lt", "Less");
        comparison(r, "aten::le", "LessOrEqual");
        comparison(r, "aten::gt", "Greater");
        comparison(r, "aten::ge", "GreaterOrEqual");
        r.rule("aten::ne", c -> c.op("Not", compare(c, "Equal")));
        r.rule(
                "aten::isnan",
                c -> c.node("IsNaN", c.tensor("self")).as(DType.BOOL).get());
        r.rule(
                "aten::isinf",
                c -> c.node("IsInf", c.tensor("self")).as(DType.BOOL).get());
        r.rule("aten::isfinite", c -> {
            Named x = c.tensor("self");
            Named infinite = c.node("IsInf", x).as(DType.BOOL).get();
            return c.op(
                    "Not",
                    c.op("Or", infinite, c.node("IsNaN", x).as(DType.BOOL).get()));
        });
        logic(r);
    }

    private static void logic(Rules r) {
        logical(r, "aten::logical_and", "And");
        logical(r, "aten::logical_or", "Or");
        logical(r, "aten::logical_xor", "Xor");
        r.rule("aten::logical_not", c -> c.op("Not", c.cast(c.item("self"), DType.BOOL)));
        bitwise(r, "and", "And");
        bitwise(r, "or", "Or");
        bitwise(r, "xor", "Xor");
        r.rule("aten::bitwise_not", ComparisonRules::bitwiseNot);
        r.rule("aten::__and__", c -> bitwise(c, "And"));
        r.rule("aten::__or__", c -> bitwise(c, "Or"));
        r.rule("aten::__xor__", c -> bitwise(c, "Xor"));
        r.rule("aten::bitwise_left_shift", c -> shift(c, "LEFT"));
        r.rule("aten::bitwise_right_shift", c -> shift(c, "RIGHT"));
        r.rule("aten::__lshift__", c -> shift(c, "LEFT"));
        r.rule("aten::__rshift__", c -> shift(c, "RIGHT"));
    }

    private static void comparison(Rules r, String kind, String operator) {
        r.rule(kind, c -> compare(c, operator));
    }

    private static Named compare(Call c, String operator) {
        List<Named> operands = ElementwiseRules.operands(c);
        boolean ordered = !operator.equals("Equal");
        if (ordered && c.dtype(operands.get(0)) == DType.BOOL) {
            operands = operands.stream().map(each -> c.cast(each, DType.INT32)).toList();
        }
        return c.node(operator, operands.get(0), operands.get(1)).as(DType.BOOL).get();
    }

    private static void logical(Rules r, String kind, String operator) {
        r.rule(kind, c -> c.op(operator, c.cast(c.item("self"), DType.BOOL), c.cast(c.item("other"), DType.BOOL)));
    }

    private static void bitwise(Rules r, String name, String operator) {
        r.rule("aten::bitwise_" + name, c -> bitwise(c, operator));
    }

    private static Named bitwise(Call c, String operator) {
        List<Named> operands = ElementwiseRules.operands(c);
        if (c.dtype(operands.get(0)) == DType.BOOL) {
            return c.op(operator, operands.get(0), operands.get(1));
        } else if (c.opset() < 18) {
            throw c.unsupported("needs opset 18 for whole numbers; the model is to be of " + c.opset());
        }
        return c.op("Bitwise" + operator, operands.get(0), operands.get(1));
    }

    /** {@code ~x} is {@code -x - 1}, which all versions have. */
    private static Named bitwiseNot(Call c) {
        Named x = c.tensor("self");
        return c.dtype(x) == DType.BOOL ? c.op("Not", x) : c.op("Sub", c.op("Neg", x), c.scalar(1L, c.dtype(x)));
    }

    /** A shift is a multiplication or division by a power of two. */
    private static Named shift(Call c, String direction) {
        List<Named> operands = ElementwiseRules.operands(c);
        Named x = operands.get(0);
        Named factor =
                c.cast(c.op("Pow", c.scalar(2.0, DType.FLOAT64), c.cast(operands.get(1), DType.FLOAT64)), c.dtype(x));
        return direction.equals("LEFT")
                ? c.op("Mul", x, factor)
                : ElementwiseRules.floorQuotient(c, List.of(x, factor));
    }
}
