package org.torchbridge;

import java.util.Arrays;

/** One notation and one width for all floating-point numbers of a tensor, chosen from the numbers as Python does. */
final class NumberFormatter {
    private static final double MAX_FIXED_RATIO = 1000;
    private static final double MAX_FIXED = 1e8;
    private static final double MIN_FIXED = 1e-4;

    private enum Notation {
        WHOLE,
        FIXED,
        SCIENTIFIC
    }

    private final int precision;
    private final Notation notation;
    private final int width;

    NumberFormatter(double[] values, PrintOptions options) {
        precision = options.precision();
        double[] ordinary = Arrays.stream(values)
                .filter(value -> Double.isFinite(value) && value != 0)
                .toArray();
        Notation plain = areWhole(ordinary) ? Notation.WHOLE : Notation.FIXED;
        Notation chosen = needScientific(ordinary) ? Notation.SCIENTIFIC : plain;
        // PyTorch 1.13 takes the width from its own choice of notation, also where the options overrule it.
        width = Arrays.stream(ordinary)
                .mapToInt(value -> write(value, chosen).length())
                .reduce(1, Math::max);
        if (ordinary.length == 0 || options.scientific() == null) {
            notation = chosen;
        } else {
            notation = options.scientific() ? Notation.SCIENTIFIC : plain;
        }
    }

    /** What most numbers fill; not finite ones may be longer. */
    int width() {
        return width;
    }

    /** {@code value}, filled with spaces from the left. */
    String format(double value) {
        return padded(write(value, notation), width);
    }

    static String padded(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private String write(double value, Notation notation) {
        return switch (notation) {
            case WHOLE -> Decimals.fixed(value, 0) + (Double.isFinite(value) ? "." : "");
            case FIXED -> Decimals.fixed(value, precision);
            case SCIENTIFIC -> Decimals.scientific(value, precision);
        };
    }

    private static boolean areWhole(double[] values) {
        return Arrays.stream(values).allMatch(value -> value == Math.rint(value));
    }

    private static boolean needScientific(double[] ordinary) {
        if (ordinary.length == 0) {
            return false;
        }
        double min = Arrays.stream(ordinary).map(Math::abs).min().getAsDouble();
        double max = Arrays.stream(ordinary).map(Math::abs).max().getAsDouble();
        return max / min > MAX_FIXED_RATIO || max > MAX_FIXED || min < MIN_FIXED;
    }
}
