package org.torchbridge.onnx.importer;

import java.util.List;
import java.util.function.Supplier;
import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Real numbers as texts: the fewest digits that say which number of its type it is, written as Python does. TorchScript itself
 * writes all digits of a double.
 */
final class RealTexts {
    /** As many digits tell all numbers of single precision apart. */
    private static final int DIGITS = 9;

    /** From this exponent on numbers are written with it, and below the smallest one. */
    private static final long LARGE = 16;

    private static final long SMALL = -4;

    private final Conversion c;

    RealTexts(Conversion c) {
        this.c = c;
    }

    /** The texts of a row of numbers of single precision or less. */
    Value write(Value row) {
        Value exact = c.cast(row, DType.FLOAT64);
        Value size = c.op("aten::abs", exact);
        Value exponent = c.op("aten::floor", c.op("aten::log10", size));
        Value zero = c.op("aten::logical_not", c.op("aten::isfinite", exponent));
        Value power = c.op("aten::masked_fill", exponent, zero, 0.0);
        Value mantissa = c.op("aten::zeros_like", size);
        Value open = c.op("aten::gt", size, 0.0);
        for (int digits = 1; digits <= DIGITS; digits++) {
            Value behind = c.op("aten::rsub", power, (double) (digits - 1));
            Value unit = c.op("aten::pow", 10.0, behind);
            Value rounded = c.op("aten::round", c.op("aten::mul", size, unit));
            mantissa = c.op("aten::where", open, rounded, mantissa);
            Value again = c.op("aten::type_as", c.op("aten::div", rounded, unit), row);
            open = c.op("aten::logical_and", open, c.op("aten::ne", again, c.op("aten::abs", row)));
        }
        // A single digit that is rounded up to ten.
        Value carry = c.op("aten::eq", mantissa, 10.0);
        Value one = c.op("aten::masked_fill", mantissa, carry, 1.0);
        return texts(exact, one, c.op("aten::add", power, carry));
    }

    private Value texts(Value row, Value mantissas, Value powers) {
        Value empty = c.list(Type.STRING, List.of());
        return c.loop(c.op("aten::numel", row), true, List.of(empty), turn -> {
                    Value number = c.op("aten::Float", c.op("aten::select", row, 0L, turn.get(0)));
                    Value mantissa = c.op("aten::select", mantissas, 0L, turn.get(0));
                    Value power = c.op("aten::Int", c.op("aten::select", powers, 0L, turn.get(0)));
                    Value isFinite = c.op("aten::isfinite", number);
                    Value size = either(isFinite, () -> finite(mantissa, power), () -> text("inf"));
                    Value isNumber = c.op("aten::eq", number, number);
                    Value text = either(isNumber, () -> join(sign(number), size), () -> text("nan"));
                    return List.of(
                            c.constant(true), c.op("aten::add", turn.get(1), c.list(Type.STRING, List.of(text))));
                })
                .get(0);
    }

    /** Zero has one too. */
    private Value sign(Value number) {
        return either(c.op("aten::lt", c.op("aten::copysign", 1.0, number), 0.0), () -> text("-"), () -> text(""));
    }

    private Value finite(Value mantissa, Value power) {
        Value digits = c.op("aten::str", c.op("aten::Int", mantissa));
        Value large = c.op("aten::ge", power, LARGE);
        Value small = c.op("aten::lt", power, SMALL);
        return either(c.op("aten::__or__", large, small), () -> withPower(digits, power), () -> plain(digits, power));
    }

    /** {@code 1.25e+20}. */
    private Value withPower(Value digits, Value power) {
        Value rest = c.op("aten::slice", digits, 1L, null, 1L);
        Value isRound = c.op("aten::eq", c.op("aten::len", digits), 1L);
        Value fraction = either(isRound, () -> text(""), () -> join(text("."), rest));
        Value sign = either(c.op("aten::lt", power, 0L), () -> text("e-"), () -> text("e+"));
        Value size = c.op("aten::zfill", c.op("aten::str", c.op("prim::abs", power)), 2L);
        return join(c.op("aten::slice", digits, 0L, 1L, 1L), fraction, sign, size);
    }

    /** {@code 1200.0}, {@code 1.25} or {@code 0.0125}. */
    private Value plain(Value digits, Value power) {
        Value count = c.op("aten::len", digits);
        Value whole = c.op("aten::add", power, 1L);
        return either(
                c.op("aten::ge", whole, count),
                () -> join(c.op("aten::ljust", digits, whole, "0"), text(".0")),
                () -> either(
                        c.op("aten::gt", whole, 0L),
                        () -> join(
                                c.op("aten::slice", digits, 0L, whole, 1L),
                                text("."),
                                c.op("aten::slice", digits, whole, null, 1L)),
                        () -> join(text("0."), c.op("aten::rjust", digits, c.op("aten::sub", count, whole), "0"))));
    }

    private Value either(Value condition, Supplier<Value> then, Supplier<Value> otherwise) {
        return c.ifElse(condition, () -> List.of(then.get()), () -> List.of(otherwise.get()))
                .get(0);
    }

    private Value text(String text) {
        return c.constant(text);
    }

    private Value join(Value first, Value... others) {
        Value all = first;
        for (Value other : others) {
            all = c.op("aten::add", all, other);
        }
        return all;
    }
}
