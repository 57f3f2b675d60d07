package org.torchbridge.graph.passes;

import static org.torchbridge.graph.passes.Pattern.any;
import static org.torchbridge.graph.passes.Pattern.either;
import static org.torchbridge.graph.passes.Pattern.number;
import static org.torchbridge.graph.passes.Pattern.op;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Value;

/**
 * Makes {@code (x - mean) / sqrt(variance + eps) * weight + bias} over the last dimension into {@code aten::layer_norm}. The
 * weight and the bias are slots or constants with one dimension.
 */
public final class LayerNormFusion {
    private static final Pattern X = any("x");
    private static final Pattern CENTRED = op("aten::sub", X, mean(X));
    private static final Pattern SQUARE =
            either(op("aten::pow", CENTRED, number(2)), op("aten::mul", CENTRED, CENTRED));
    private static final Pattern VARIANCE = op("aten::add", mean(SQUARE), any("eps"));
    private static final Pattern NORMAL = either(
            op("aten::div", CENTRED, either(op("aten::sqrt", VARIANCE), op("aten::pow", VARIANCE, number(0.5)))),
            op("aten::mul", CENTRED, op("aten::rsqrt", VARIANCE)),
            op("aten::mul", CENTRED, op("aten::reciprocal", op("aten::sqrt", VARIANCE))));
    private static final Pattern WHOLE = op("aten::add", op("aten::mul", NORMAL, any("weight")), any("bias"));

    private LayerNormFusion() {}

    /** Whether the formula was found. */
    public static boolean run(Graph graph) {
        Weights weights = Weights.of(graph);
        return Rewriting.run(graph, WHOLE, (g, found) -> layerNorm(g, found, weights));
    }

    private static Pattern mean(Pattern of) {
        return op("aten::mean", of, Pattern.integers(-1L), Pattern.constant(true));
    }

    private static @Nullable Value layerNorm(GraphBuilder g, Map<String, Value> found, Weights weights) {
        Tensor weight = weights.tensor(found.get("weight"));
        Tensor bias = weights.tensor(found.get("bias"));
        Double eps = Constants.number(found.get("eps"));
        boolean fits = eps != null
                && weights.hasRank(found.get("weight"), 1)
                && weights.hasRank(found.get("bias"), 1)
                && weight.numel() > 1
                && weight.numel() == bias.numel();
        if (!fits) {
            return null;
        }
        return g.op(
                "aten::layer_norm",
                found.get("x"),
                List.of(weight.numel()),
                found.get("weight"),
                found.get("bias"),
                eps);
    }
}
