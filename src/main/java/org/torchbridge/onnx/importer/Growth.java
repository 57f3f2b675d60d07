package org.torchbridge.onnx.importer;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.torchbridge.Tensor;

/** Refuses nodes of constants whose few numbers ask for a large tensor, before it is made. */
final class Growth {
    /** More than the largest layers that are known to be in files as a number and a shape. */
    private static final double MOST_ELEMENTS = 1 << 27;

    private Growth() {}

    static void check(OnnxNode node) {
        double elements = elements(node);
        if (elements > MOST_ELEMENTS) {
            throw node.broken(String.format("makes a constant of %.0f elements", elements));
        }
    }

    private static double elements(OnnxNode node) {
        return switch (node.operator()) {
            case "ConstantOfShape" -> product(numbers(node, 0));
            case "Expand" -> broadcast(sizes(node, 0), numbers(node, 1));
            case "Tile" -> product(sizes(node, 0)) * product(numbers(node, 1));
            case "OneHot" -> product(sizes(node, 0)) * product(numbers(node, 1));
            case "Range" -> span(numbers(node, 0), numbers(node, 1), numbers(node, 2));
            case "HannWindow", "HammingWindow", "BlackmanWindow" -> product(numbers(node, 0));
            case "MelWeightMatrix" -> product(numbers(node, 0)) * product(numbers(node, 1));
            case "Pad" -> padded(sizes(node, 0), numbers(node, 1));
            case "Upsample" -> product(sizes(node, 0)) * product(numbers(node, 1));
            case "Resize" -> Math.max(
                    product(sizes(node, 0)) * product(numbers(node, node.version() < 11 ? 1 : 2)),
                    product(numbers(node, 3)));
            case "Add", "Sub", "Mul", "Div", "Pow", "Mod", "Equal", "Less", "Greater" -> broadcast(
                    sizes(node, 0), sizes(node, 1));
            default -> 0;
        };
    }

    private static double[] sizes(OnnxNode node, int input) {
        Tensor tensor = node.constantOrNull(input);
        return tensor == null
                ? new double[0]
                : Arrays.stream(tensor.shape()).asDoubleStream().toArray();
    }

    /** The elements of an input. */
    private static double[] numbers(OnnxNode node, int input) {
        Tensor tensor = node.constantOrNull(input);
        return tensor == null ? new double[0] : tensor.toDoubleArray();
    }

    private static double product(double[] numbers) {
        return DoubleStream.of(numbers).map(Math::abs).reduce(1, (a, b) -> a * b);
    }

    private static double span(double[] from, double[] to, double[] step) {
        return from.length == 1 && to.length == 1 && step.length == 1 ? Math.abs((to[0] - from[0]) / step[0]) : 0;
    }

    private static double padded(double[] sizes, double[] pads) {
        double elements = 1;
        for (int i = 0; i < sizes.length; i++) {
            elements *= sizes[i] + (i < pads.length ? Math.abs(pads[i]) : 0);
        }
        double most = DoubleStream.of(pads).map(Math::abs).max().orElse(0);
        return Math.max(elements, most);
    }

    private static double broadcast(double[] a, double[] b) {
        double elements = 1;
        for (int i = 1; i <= Math.max(a.length, b.length); i++) {
            double left = i <= a.length ? a[a.length - i] : 1;
            double right = i <= b.length ? b[b.length - i] : 1;
            elements *= Math.max(left, right);
        }
        return elements;
    }
}
