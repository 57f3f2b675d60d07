package org.torchbridge.onnx.exporter;

import java.util.List;
import java.util.Locale;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Named;

/** Arithmetic and functions of one number, element by element. */
final class ElementwiseRules {
    private ElementwiseRules() {}

    static void register(Rules r) {
        r.rule("aten::add", c -> scaledSum(c, "Add", "self", "other"));
        r.rule("aten::sub", c -> scaledSum(c, "Sub", "self", "other"));
        r.rule("aten::rsub", c -> scaledSum(c, "Sub", "other", "self"));
        r.rule("aten::mul", ElementwiseRules::multiply);
        r.rule("aten::div", ElementwiseRules::divide);
        r.rule("aten::true_divide", ElementwiseRules::divide);
        r.rule("aten::floor_divide", c -> floorQuotient(c, operands(c)));
        r.rule("aten::remainder", ElementwiseRules::remainder);
        r.rule("aten::fmod", c -> {
            List<Named> operands = operands(c);
            return c.node("Mod", operands.get(0), operands.get(1))
                    .with("fmod", 1)
                    .get();
        });
        r.rule("aten::pow", ElementwiseRules::power);
        r.rule(
                "aten::addcmul",
                c -> c.op("Add", c.tensor("self"), scaled(c, c.op("Mul", c.tensor("tensor1"), c.tensor("tensor2")))));
        r.rule(
                "aten::addcdiv",
                c -> c.op("Add", c.tensor("self"), scaled(c, c.op("Div", c.tensor("tensor1"), c.tensor("tensor2")))));
        r.rule("aten::lerp", ElementwiseRules::lerp);
        for (String kind : List.of("aten::maximum", "aten::fmax")) {
            r.rule(kind, c -> binary(c, "Max"));
        }
        for (String kind : List.of("aten::minimum", "aten::fmin")) {
            r.rule(kind, c -> binary(c, "Min"));
        }
        r.rule("aten::atan2", ElementwiseRules::atan2);
        functions(r);
    }

    private static void functions(Rules r) {
        for (String name : List.of("Abs", "Neg", "Floor", "Ceil", "Round", "Sign")) {
            r.rule("aten::" + name.toLowerCase(Locale.ROOT), c -> wholeToo(c, name));
        }
        for (String name : List.of(
                "Exp",
                "Log",
                "Sqrt",
                "Reciprocal",
                "Erf",
                "Sin",
                "Cos",
                "Tan",
                "Asin",
                "Acos",
                "Atan",
                "Sinh",
                "Cosh",
                "Asinh",
                "Acosh",
                "Atanh",
                "Tanh",
                "Sigmoid")) {
            r.rule("aten::" + name.toLowerCase(Locale.ROOT), c -> c.op(name, real(c, "self")));
        }
        r.rule("aten::negative", c -> c.op("Neg", c.tensor("self")));
        r.rule("aten::absolute", c -> c.op("Abs", c.tensor("self")));
        r.rule("aten::rsqrt", c -> c.op("Reciprocal", c.op("Sqrt", real(c, "self"))));
        r.rule("aten::square", c -> c.op("Mul", c.tensor("self"), c.tensor("self")));
        r.rule("aten::log2", c -> quotient(c, c.op("Log", real(c, "self")), Math.log(2)));
        r.rule("aten::log10", c -> quotient(c, c.op("Log", real(c, "self")), Math.log(10)));
        r.rule("aten::log1p", c -> c.op("Log", plus(c, real(c, "self"), 1)));
        r.rule("aten::expm1", c -> plus(c, c.op("Exp", real(c, "self")), -1));
        r.rule("aten::exp2", c -> c.op("Pow", c.scalar(2.0, c.dtype(real(c, "self"))), real(c, "self")));
        r.rule("aten::erfc", c -> c.op("Sub", c.scalar(1.0, c.dtype(real(c, "self"))), c.op("Erf", real(c, "self"))));
        r.rule("aten::trunc", ElementwiseRules::truncate);
        r.rule("aten::fix", ElementwiseRules::truncate);
        r.rule("aten::frac", c -> c.op("Sub", c.tensor("self"), truncate(c)));
        r.rule("aten::deg2rad", c -> times(c, real(c, "self"), Math.PI / 180));
        r.rule("aten::rad2deg", c -> times(c, real(c, "self"), 180 / Math.PI));
        r.rule("aten::clamp", c -> clamp(c, "min", "max"));
        r.rule("aten::clip", c -> clamp(c, "min", "max"));
        r.rule("aten::clamp_min", c -> clamp(c, "min", ""));
        r.rule("aten::clamp_max", c -> clamp(c, "", "max"));
        r.rule("aten::nan_to_num", ElementwiseRules::nanToNum);
        r.rule("aten::logit", ElementwiseRules::logit);
    }

    // ---- two operands

    /** Both operands in the type in which PyTorch computes with them. */
    static List<Named> operands(Call c) {
        return operands(c, "self", "other");
    }

    private static List<Named> operands(Call c, String one, String other) {
        return operands(c, c.item(one), c.item(other));
    }

    static List<Named> operands(Call c, Item one, Item other) {
        DType dtype = Casts.common(c, one, other);
        return List.of(c.cast(one, dtype), c.cast(other, dtype));
    }

    private static Named binary(Call c, String operator) {
        List<Named> operands = operands(c);
        return c.op(operator, operands.get(0), operands.get(1));
    }

    /** {@code self + alpha * other}, or the like. */
    private static Named scaledSum(Call c, String operator, String one, String other) {
        List<Named> operands = operands(c, one, other);
        Named first = operands.get(0);
        Named second = operands.get(1);
        if (c.has("alpha") && !(c.isKnown("alpha") && c.real("alpha") == 1)) {
            second = c.op("Mul", second, c.cast(c.item("alpha"), c.dtype(first)));
        }
        if (c.dtype(first) == DType.BOOL) {
            return c.op("Or", first, second);
        }
        return c.op(operator, first, second);
    }

    private static Named multiply(Call c) {
        List<Named> operands = operands(c);
        boolean flags = c.dtype(operands.get(0)) == DType.BOOL;
        return c.op(flags ? "And" : "Mul", operands.get(0), operands.get(1));
    }

    private static Named divide(Call c) {
        List<Named> operands = operands(c);
        String rounding = c.has("rounding_mode") ? c.text("rounding_mode") : "";
        boolean whole = !c.dtype(operands.get(0)).isFloatingPoint();
        if (whole && rounding.isEmpty()) {
            DType real = c.dtype(0) == null ? DType.FLOAT32 : c.dtype(0);
            return c.op("Div", c.cast(operands.get(0), real), c.cast(operands.get(1), real));
        } else if (rounding.equals("floor")) {
            return floorQuotient(c, operands);
        }
        Named quotient = c.op("Div", operands.get(0), operands.get(1));
        return rounding.equals("trunc") && !whole ? truncate(c, quotient) : quotient;
    }

    /** Rounded down; ONNX's {@code Div} of whole numbers rounds towards zero. */
    static Named floorQuotient(Call c, List<Named> operands) {
        if (c.dtype(operands.get(0)).isFloatingPoint()) {
            return c.op("Floor", c.op("Div", operands.get(0), operands.get(1)));
        }
        Named rest = c.op("Mod", operands.get(0), operands.get(1));
        return c.op("Div", c.op("Sub", operands.get(0), rest), operands.get(1));
    }

    private static Named remainder(Call c) {
        List<Named> operands = operands(c);
        return c.dtype(operands.get(0)).isFloatingPoint()
                ? c.op("Sub", operands.get(0), c.op("Mul", floorQuotient(c, operands), operands.get(1)))
                : c.op("Mod", operands.get(0), operands.get(1));
    }

    private static Named power(Call c) {
        DType dtype = Casts.common(c, c.item("self"), c.item("exponent"));
        return c.op("Pow", c.cast(c.item("self"), dtype), c.cast(c.item("exponent"), dtype));
    }

    private static Named scaled(Call c, Named value) {
        return c.has("value") ? c.op("Mul", value, c.cast(c.item("value"), c.dtype(value))) : value;
    }

    private static Named lerp(Call c) {
        Named start = c.tensor("self");
        Named way = c.op("Sub", c.tensor("end"), start);
        return c.op("Add", start, c.op("Mul", way, c.cast(c.item("weight"), c.dtype(start))));
    }

    /** The angle of a point, by the quadrant that it is in. */
    private static Named atan2(Call c) {
        List<Named> operands = operands(c);
        Named y = operands.get(0);
        Named x = operands.get(1);
        DType dtype = c.dtype(y);
        Named zero = c.scalar(0.0, dtype);
        Named angle = c.op("Atan", c.op("Div", y, x));
        Named half = c.node(
                        "Where",
                        c.node("Less", y, zero).as(DType.BOOL).get(),
                        c.scalar(-Math.PI, dtype),
                        c.scalar(Math.PI, dtype))
                .as(dtype)
                .get();
        Named left = c.node("Less", x, zero).as(DType.BOOL).get();
        Named turned =
                c.node("Where", left, c.op("Add", angle, half), angle).as(dtype).get();
        Named origin = c.op(
                "And",
                c.node("Equal", x, zero).as(DType.BOOL).get(),
                c.node("Equal", y, zero).as(DType.BOOL).get());
        return c.node("Where", origin, zero, turned).as(dtype).get();
    }

    // ---- one operand

    /** The argument as what has fractions: whole numbers become the type of the result. */
    static Named real(Call c, String name) {
        Named x = c.tensor(name);
        boolean whole = x.dtype() != null && !x.dtype().isFloatingPoint();
        return whole ? c.cast(x, c.dtype(0) == null ? DType.FLOAT32 : c.dtype(0)) : x;
    }

    private static Named wholeToo(Call c, String operator) {
        Named x = c.tensor("self");
        boolean rounds = List.of("Floor", "Ceil", "Round").contains(operator);
        if (rounds && c.has("decimals") && c.integer("decimals") != 0) {
            double scale = Math.pow(10, c.integer("decimals"));
            return quotient(c, c.op(operator, times(c, x, scale)), scale);
        }
        return rounds && !c.dtype(x).isFloatingPoint() ? x : c.op(operator, x);
    }

    static Named plus(Call c, Named x, double value) {
        return c.op("Add", x, c.scalar(value, c.dtype(x)));
    }

    static Named times(Call c, Named x, double value) {
        return c.op("Mul", x, c.scalar(value, c.dtype(x)));
    }

    static Named quotient(Call c, Named x, double value) {
        return c.op("Div", x, c.scalar(value, c.dtype(x)));
    }

    private static Named truncate(Call c) {
        Named x = c.tensor("self");
        return c.dtype(x).isFloatingPoint() ? truncate(c, x) : x;
    }

    private static Named truncate(Call c, Named x) {
        return c.op("Mul", c.op("Sign", x), c.op("Floor", c.op("Abs", x)));
    }

    /** Bounds may be numbers or tensors. */
    private static Named clamp(Call c, String low, String high) {
        Named x = c.cast(c.item("self"), c.dtype(0) == null ? c.dtype(c.tensor("self")) : c.dtype(0));
        DType dtype = c.dtype(x);
        if (c.has(low)) {
            x = c.op("Max", x, c.cast(c.item(low), dtype));
        }
        return c.has(high) ? c.op("Min", x, c.cast(c.item(high), dtype)) : x;
    }

    private static Named nanToNum(Call c) {
        Named x = c.tensor("self");
        DType dtype = c.dtype(x);
        double largest = dtype == DType.FLOAT64 ? Double.MAX_VALUE : dtype == DType.FLOAT16 ? 65504 : Float.MAX_VALUE;
        Named bounded = replaced(c, x, c.node("IsNaN", x).as(DType.BOOL).get(), c.real("nan", 0));
        bounded = replaced(c, bounded, infinite(c, x, false, true), c.real("posinf", largest));
        return replaced(c, bounded, infinite(c, x, true, false), c.real("neginf", -largest));
    }

    private static Named infinite(Call c, Named x, boolean negative, boolean positive) {
        return c.node("IsInf", x)
                .with("detect_negative", negative)
                .with("detect_positive", positive)
                .as(DType.BOOL)
                .get();
    }

    private static Named replaced(Call c, Named x, Named where, double value) {
        return c.node("Where", where, c.scalar(value, c.dtype(x)), x)
                .as(x.dtype())
                .get();
    }

    private static Named logit(Call c) {
        Named x = real(c, "self");
        if (c.has("eps")) {
            double eps = c.real("eps");
            x = c.op("Min", c.op("Max", x, c.scalar(eps, c.dtype(x))), c.scalar(1 - eps, c.dtype(x)));
        }
        return c.op("Log", c.op("Div", x, c.op("Sub", c.scalar(1.0, c.dtype(x)), x)));
    }
}
