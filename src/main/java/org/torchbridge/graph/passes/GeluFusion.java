package org.torchbridge.graph.passes;

import static org.torchbridge.graph.passes.Pattern.any;
import static org.torchbridge.graph.passes.Pattern.either;
import static org.torchbridge.graph.passes.Pattern.number;
import static org.torchbridge.graph.passes.Pattern.op;

import org.torchbridge.graph.Graph;

/**
 * Makes the two formulas of {@code aten::gelu}, {@code x / 2 * (1 + erf(x / sqrt(2)))} and the one with {@code tanh}, into
 * the operator.
 */
public final class GeluFusion {
    private static final Pattern X = any("x");
    private static final double ROOT_OF_HALF = Math.sqrt(0.5);

    private static final Pattern ERF = op(
            "aten::erf",
            either(op("aten::div", X, number(1 / ROOT_OF_HALF)), op("aten::mul", X, number(ROOT_OF_HALF))));

    private static final Pattern CUBE =
            either(op("aten::pow", X, number(3)), op("aten::mul", X, op("aten::mul", X, X)));
    private static final Pattern CUBIC = op("aten::add", X, op("aten::mul", CUBE, number(0.044715)));
    private static final Pattern TANH = op("aten::tanh", op("aten::mul", CUBIC, number(Math.sqrt(2 / Math.PI))));

    private GeluFusion() {}

    /** Whether a formula was found. */
    public static boolean run(Graph graph) {
        return Rewriting.run(graph, gelu(ERF), (g, found) -> g.op("aten::gelu", found.get("x"), "none"))
                | Rewriting.run(graph, gelu(TANH), (g, found) -> g.op("aten::gelu", found.get("x"), "tanh"));
    }

    /** The product of x, one half and one plus something, in any order. */
    private static Pattern gelu(Pattern function) {
        Pattern sum = op("aten::add", function, number(1));
        return either(
                halved(op("aten::mul", X, sum)), op("aten::mul", halved(X), sum), op("aten::mul", X, halved(sum)));
    }

    private static Pattern halved(Pattern pattern) {
        return either(op("aten::mul", pattern, number(0.5)), op("aten::div", pattern, number(2)));
    }
}
