package org.torchbridge;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Floating-point numbers as Python's {@code format} and {@code repr} write them. Both round the exact binary value,
 * half to even; {@link String#format} rounds the shortest decimal that stands for it, half up.
 */
final class Decimals {
    /** As many digits as any double needs to be told from its neighbours. */
    private static final int MAX_DIGITS = 17;

    private static final int FIRST_SCIENTIFIC_EXPONENT = 16;
    private static final int LAST_SCIENTIFIC_EXPONENT = -5;

    private Decimals() {}

    /** {@code "{:.4f}"} for 4 {@code digits} after the point. */
    static String fixed(double value, int digits) {
        if (!Double.isFinite(value)) {
            return notFinite(value);
        }
        return sign(value)
                + exact(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    }

    /** {@code "{:.4e}"} for 4 {@code digits} after the point. */
    static String scientific(double value, int digits) {
        if (!Double.isFinite(value)) {
            return notFinite(value);
        }
        BigDecimal rounded = exact(value).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        int exponent = exponent(rounded);
        BigDecimal mantissa = rounded.scaleByPowerOfTen(-exponent).setScale(digits);
        return sign(value) + mantissa.toPlainString() + exponentText(exponent);
    }

    /** {@code repr}: as few digits as stand for {@code value} and no other number. */
    static String shortest(double value) {
        if (!Double.isFinite(value)) {
            return notFinite(value);
        }
        BigDecimal digits = shortestDigits(Math.abs(value));
        int exponent = exponent(digits);
        if (exponent > LAST_SCIENTIFIC_EXPONENT && exponent < FIRST_SCIENTIFIC_EXPONENT) {
            return sign(value) + digits.setScale(Math.max(1, digits.scale())).toPlainString();
        }
        BigDecimal mantissa = digits.scaleByPowerOfTen(-exponent);
        return sign(value) + mantissa.toPlainString() + exponentText(exponent);
    }

    private static BigDecimal shortestDigits(double magnitude) {
        BigDecimal exact = new BigDecimal(magnitude);
        for (int digits = 1; digits < MAX_DIGITS; digits++) {
            // Above a power of two the next number is twice as far as below, so that the nearest decimal can fail
            // where the one above it does not.
            for (RoundingMode rounding : new RoundingMode[] {RoundingMode.HALF_EVEN, RoundingMode.UP}) {
                BigDecimal rounded = exact.round(new MathContext(digits, rounding));
                if (rounded.doubleValue() == magnitude) {
                    return rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
                }
            }
        }
        return exact.round(new MathContext(MAX_DIGITS, RoundingMode.HALF_EVEN));
    }

    private static BigDecimal exact(double value) {
        return new BigDecimal(Math.abs(value));
    }

    /** The power of ten of the first digit. */
    private static int exponent(BigDecimal value) {
        return value.precision() - value.scale() - 1;
    }

    private static String exponentText(int exponent) {
        int magnitude = Math.abs(exponent);
        return (exponent < 0 ? "e-" : "e+") + (magnitude < 10 ? "0" : "") + magnitude;
    }

    /** The sign, which {@code BigDecimal} does not keep for zero nor for what is rounded to it. */
    private static String sign(double value) {
        return Math.copySign(1, value) < 0 ? "-" : "";
    }

    private static String notFinite(double value) {
        return Double.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
    }
}
