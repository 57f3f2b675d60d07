package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;

/** Arithmetic on whole numbers of the program, done at once where both are known. */
final class Integers {
    private static final Map<String, LongBinaryOperator> KNOWN = Map.of(
            "add", Math::addExact,
            "sub", Math::subtractExact,
            "mul", Math::multiplyExact,
            "floordiv", Math::floorDiv,
            "remainder", Math::floorMod,
            "min", Math::min,
            "max", Math::max);

    private Integers() {}

    static Object apply(Conversion c, String operator, Object... numbers) {
        List<Object> rest = new ArrayList<>(Arrays.asList(numbers));
        Object result = rest.remove(0);
        for (Object next : rest) {
            result = pair(c, operator, result, next);
        }
        return result;
    }

    private static Object pair(Conversion c, String operator, Object a, Object b) {
        LongBinaryOperator known = KNOWN.get(operator);
        if (known == null) {
            throw new IllegalArgumentException("there is no arithmetic called " + operator);
        }
        if (a instanceof Long first && b instanceof Long second) {
            return known.applyAsLong(first, second);
        }
        if (isNeutral(operator, b)) {
            return a;
        }
        if (isNeutral(operator, a) && !operator.equals("sub") && !operator.equals("floordiv")) {
            return b;
        }
        boolean prim = operator.equals("min") || operator.equals("max");
        return c.op((prim ? "prim::" : "aten::") + operator, a, b);
    }

    private static boolean isNeutral(String operator, Object number) {
        return switch (operator) {
            case "add", "sub" -> number.equals(0L);
            case "mul", "floordiv" -> number.equals(1L);
            default -> false;
        };
    }

    /** Division of whole numbers as ONNX has it: towards zero. */
    static Object divide(Conversion c, Object a, Object b) {
        if (a instanceof Long first && b instanceof Long second) {
            return first / second;
        }
        return c.op("aten::Int", c.op("aten::div", a, b));
    }
}
