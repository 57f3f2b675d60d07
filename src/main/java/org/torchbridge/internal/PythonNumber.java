package org.torchbridge.internal;

import java.math.BigDecimal;
import java.math.MathContext;

/** Writes floating-point numbers as Python's {@code repr} does. */
public final class PythonNumber {
    private static final int MOST_DIGITS = 17;
    private static final int FIRST_EXPONENT_WITHOUT_E = -4;
    private static final int LAST_EXPONENT_WITHOUT_E = 15;

    private PythonNumber() {}

    public static String repr(double value) {
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
