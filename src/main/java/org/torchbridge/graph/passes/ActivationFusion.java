package org.torchbridge.graph.passes;

import static org.torchbridge.graph.passes.Pattern.any;
import static org.torchbridge.graph.passes.Pattern.either;
import static org.torchbridge.graph.passes.Pattern.number;
import static org.torchbridge.graph.passes.Pattern.op;

import org.torchbridge.graph.Graph;

/**
 * Makes the formulas of {@code aten::silu}, {@code x * sigmoid(x)}, of {@code aten::hardsigmoid}, {@code clamp(x + 3, 0, 6) /
 * 6}, and of {@code aten::hardswish}, {@code x * hardsigmoid(x)}, into the operators.
 */
public final class ActivationFusion {
    private static final Pattern X = any("x");
    private static final Pattern SILU = op("aten::mul", X, op("aten::sigmoid", X));

    private static final Pattern ZERO_TO_SIX = bounded(op("aten::add", X, number(3)), 6);
    private static final Pattern SCALED = either(op("aten::mul", X, number(1.0 / 6)), op("aten::div", X, number(6)));
    private static final Pattern HARD_SIGMOID =
            either(sixth(ZERO_TO_SIX), bounded(op("aten::add", SCALED, number(0.5)), 1));

    private static final Pattern HARD_SWISH = either(
            op("aten::mul", X, op("aten::hardsigmoid", X)),
            sixth(op("aten::mul", X, ZERO_TO_SIX)),
            op("aten::mul", sixth(X), ZERO_TO_SIX));

    private ActivationFusion() {}

    /** Whether a formula was found. */
    public static boolean run(Graph graph) {
        return rewrite(graph, SILU, "aten::silu")
                | rewrite(graph, HARD_SIGMOID, "aten::hardsigmoid")
                | rewrite(graph, HARD_SWISH, "aten::hardswish");
    }

    private static boolean rewrite(Graph graph, Pattern formula, String kind) {
        return Rewriting.run(graph, formula, (g, found) -> g.op(kind, found.get("x")));
    }

    private static Pattern bounded(Pattern pattern, double most) {
        return either(
                op("aten::clamp", pattern, number(0), number(most)),
                op("aten::hardtanh", pattern, number(0), number(most)));
    }

    private static Pattern sixth(Pattern pattern) {
        return either(op("aten::div", pattern, number(6)), op("aten::mul", pattern, number(1.0 / 6)));
    }
}
