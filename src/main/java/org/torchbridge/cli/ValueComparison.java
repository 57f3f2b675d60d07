package org.torchbridge.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * Compares what a model computed with what is right: types and shapes are equal, numbers differ by no more than {@code atol +
 * rtol * |expected|}, NaN equals NaN. The first thing that is wrong is the one that counts.
 */
final class ValueComparison {
    private static final MathContext SHOWN = new MathContext(6);
    private static final double PLAIN = 1e15;

    private final double rtol;
    private final double atol;
    private double largest;
    private @Nullable String problem;

    ValueComparison(double rtol, double atol) {
        this.rtol = rtol;
        this.atol = atol;
    }

    /** What is wrong; null if nothing is. */
    @Nullable
    String problem() {
        return problem;
    }

    /** The largest difference of two numbers that were compared. */
    double largest() {
        return largest;
    }

    /** Compares one value, which {@code place} names for people. */
    void compare(String place, @Nullable Object actual, @Nullable Object expected) {
        if (problem != null) {
            return;
        }
        if (expected instanceof Tensor right && actual instanceof Tensor tensor) {
            compareTensors(place, tensor, right);
        } else if (expected instanceof List<?> right && actual instanceof List<?> list) {
            compareLists(place, list, right);
        } else if (expected instanceof Map<?, ?> right && actual instanceof Map<?, ?> map) {
            compareMaps(place, map, right);
        } else if (!Objects.equals(actual, expected)) {
            wrong(place, ValueTree.describe(actual), ValueTree.describe(expected));
        }
    }

    private void compareLists(String place, List<?> actual, List<?> expected) {
        if (actual.size() != expected.size()) {
            wrong(place, ValueTree.describe(actual), ValueTree.describe(expected));
            return;
        }
        for (int i = 0; i < expected.size(); i++) {
            compare(place + "[" + i + "]", actual.get(i), expected.get(i));
        }
    }

    private void compareMaps(String place, Map<?, ?> actual, Map<?, ?> expected) {
        if (!actual.keySet().equals(expected.keySet())) {
            wrong(place, "keys " + actual.keySet(), "keys " + expected.keySet());
            return;
        }
        expected.forEach((key, value) -> compare(place + "[" + key + "]", actual.get(key), value));
    }

    private void compareTensors(String place, Tensor actual, Tensor expected) {
        if (actual.dtype() != expected.dtype() || !Arrays.equals(actual.shape(), expected.shape())) {
            wrong(place, ValueTree.describe(actual), ValueTree.describe(expected));
        } else if (expected.numel() > 0) {
            compareNumbers(place, widened(actual), widened(expected));
        }
    }

    private static Tensor widened(Tensor tensor) {
        return tensor.detach().to(tensor.isComplex() ? DType.COMPLEX128 : DType.FLOAT64);
    }

    private void compareNumbers(String place, Tensor actual, Tensor expected) {
        Tensor close = Torch.isclose(actual, expected, rtol, atol, true);
        // What equals has no difference, where subtraction has none either: infinities, and NaN beside NaN.
        Tensor difference = actual.sub(expected).abs().maskedFill(actual.eq(expected), 0);
        Tensor counted = difference.nanToNum(0.0);
        largest = Math.max(largest, counted.max().toDouble());
        long wrong = close.logicalNot().sum().toLong();
        if (wrong > 0) {
            Tensor unlike = difference.nanToNum(Double.POSITIVE_INFINITY).maskedFill(close, -1);
            long index = unlike.argmax().toLong();
            String most = "%s at %s".formatted(number(actual, index), position(index, expected.shape()));
            wrong(
                    place + ": " + wrong + " of " + expected.numel() + " elements differ, most of all",
                    most,
                    number(expected, index));
        }
    }

    private static String number(Tensor tensor, long index) {
        Tensor element = tensor.flatten().select(0, index);
        return tensor.isComplex() ? element.item().toString() : number(element.toDouble());
    }

    private static String number(double value) {
        if (!Double.isFinite(value)) {
            return String.valueOf(value);
        }
        BigDecimal rounded = new BigDecimal(value).round(SHOWN).stripTrailingZeros();
        return Math.abs(value) < PLAIN ? rounded.toPlainString() : rounded.toString();
    }

    private static String position(long index, long[] shape) {
        long[] position = new long[shape.length];
        for (int i = shape.length - 1; i >= 0; i--) {
            position[i] = index % shape[i];
            index /= shape[i];
        }
        return Arrays.toString(position);
    }

    private void wrong(String place, String actual, String expected) {
        problem = place + ": " + actual + " instead of " + expected;
    }
}
