package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Value;

/** Activations that nodes name in attributes. */
final class Activations {
    private static final Set<String> WITH_ALPHA =
            Set.of("affine", "leakyrelu", "thresholdedrelu", "scaledtanh", "hardsigmoid", "elu", "clip");
    private static final Set<String> WITH_BETA = Set.of("affine", "scaledtanh", "hardsigmoid", "clip");

    private Activations() {}

    /** What names stand for. Numbers belong to them in their order, to those that take one. */
    static List<UnaryOperator<Value>> of(
            OnnxNode node, Conversion c, List<String> names, List<Double> alphas, List<Double> betas) {
        List<UnaryOperator<Value>> activations = new ArrayList<>();
        Iterator<Double> alpha = alphas.iterator();
        Iterator<Double> beta = betas.iterator();
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            Double a = WITH_ALPHA.contains(lower) && alpha.hasNext() ? alpha.next() : null;
            Double b = WITH_BETA.contains(lower) && beta.hasNext() ? beta.next() : null;
            activations.add(x -> apply(node, c, lower, x, a, b));
        }
        return activations;
    }

    private static Value apply(
            OnnxNode node, Conversion c, String name, Value x, @Nullable Double alpha, @Nullable Double beta) {
        return switch (name) {
            case "relu", "tanh", "sigmoid", "softplus" -> c.op("aten::" + name, x);
            case "affine" -> affine(c, x, or(alpha, 1), or(beta, 0));
            case "leakyrelu" -> c.op("aten::leaky_relu", x, or(alpha, 0.01));
            case "thresholdedrelu" -> c.op("aten::threshold", x, or(alpha, 1), 0.0);
            case "scaledtanh" -> c.op("aten::mul", c.op("aten::tanh", c.op("aten::mul", x, or(beta, 1))), or(alpha, 1));
            case "hardsigmoid" -> c.op("aten::clamp", affine(c, x, or(alpha, 0.2), or(beta, 0.5)), 0.0, 1.0);
            case "elu" -> c.op("aten::elu", x, or(alpha, 1));
            case "softsign" -> c.op("aten::div", x, c.op("aten::add", c.op("aten::abs", x), 1.0));
            case "clip" -> c.op("aten::clamp", x, alpha, beta);
            default -> throw node.unsupported("the activation " + name);
        };
    }

    private static Value affine(Conversion c, Value x, double factor, double summand) {
        return c.op("aten::add", c.op("aten::mul", x, factor), summand);
    }

    private static double or(@Nullable Double value, double otherwise) {
        return value == null ? otherwise : value;
    }
}
