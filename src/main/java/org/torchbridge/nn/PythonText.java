package org.torchbridge.nn;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes values as Python's {@code repr} does, for {@link Module#extraRepr}. */
final class PythonText {
    private static final int MOST_DIGITS = 17;
    private static final int FIRST_EXPONENT_WITHOUT_E = -4;
    private static final int LAST_EXPONENT_WITHOUT_E = 15;

    private PythonText() {}

    static String of(boolean value) {
        return value ? "True" : "False";
    }

    /** A whole number as such, others as Python's floats. */
    static String of(Number value) {
        return value instanceof Double || value instanceof Float ? of(value.doubleValue()) : value.toString();
    }

    static String of(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        BigDecimal shortest = shortest(value);
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (value == 0 || exponent >= FIRST_EXPONENT_WITHOUT_E && exponent <= LAST_EXPONENT_WITHOUT_E) {
            String digits = shortest.toPlainString();
            return digits.indexOf('.') >= 0 ? digits : digits + ".0";
        }
        String mantissa = shortest.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    /** A tuple of numbers: {@code (3, 4)}, {@code (3,)}. */
    static String tuple(long... values) {
        String elements = Arrays.stream(values).mapToObj(Long::toString).collect(Collectors.joining(", "));
        return "(" + elements + (values.length == 1 ? ",)" : ")");
    }

    /**
     * The decimal number with the fewest digits that reads back as {@code value}; Double.toString has more on JDK 17.
     */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < MOST_DIGITS; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits));
            if (rounded.doubleValue() == value) {
                return rounded;
            }
        }
        return exact.round(new MathContext(MOST_DIGITS));
    }
}
