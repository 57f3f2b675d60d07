package org.torchbridge.graph.passes;

import static org.torchbridge.graph.passes.Pattern.any;
import static org.torchbridge.graph.passes.Pattern.constant;
import static org.torchbridge.graph.passes.Pattern.either;
import static org.torchbridge.graph.passes.Pattern.number;
import static org.torchbridge.graph.passes.Pattern.op;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes {@code softmax(query @ key^T * factor + mask) @ value} over the last dimension into {@code
 * aten::scaled_dot_product_attention}. The factor is a constant number, and queries that see no key may
 * have weights of zero.
 */
public final class AttentionFusion {
    private static final Pattern PRODUCT = op("aten::matmul", any("query"), any("transposed"));

    /** What the fused operator multiplies by if nothing is said. */
    private static final Pattern ROOT = op(
            "aten::pow",
            op("aten::Float", op("aten::size", any("query"), constant(-1L))).as("root"),
            number(-0.5));

    private static final Pattern SCALED = either(
            op("aten::mul", PRODUCT, ROOT),
            op("aten::mul", PRODUCT, any("factor")),
            op("aten::div", PRODUCT, any("divisor")),
            PRODUCT);
    private static final Pattern SCORES = either(op("aten::add", SCALED, any("mask")), SCALED);
    private static final Pattern WEIGHTS = op("aten::softmax", SCORES.as("scores"), any("dim"));

    /** Weights of zero where a query sees no key, which the fused operator has of itself. */
    private static final Pattern REPAIRED =
            op("aten::where", op("aten::isnan", any("weights")), number(0), WEIGHTS.as("weights"));

    private static final Pattern NO_KEY = op(
            "aten::all",
            op("aten::eq", any("mask"), constant(Double.NEGATIVE_INFINITY)),
            constant(-1L),
            constant(true));
    private static final Pattern FINITE = op("aten::masked_fill", any("mask"), NO_KEY.as("none"), number(0));
    private static final Pattern GUARDED = op(
            "aten::masked_fill",
            op("aten::softmax", op("aten::add", SCALED, FINITE).as("scores"), any("dim")),
            any("none"),
            number(0));

    private static final Pattern ATTENTION = op("aten::matmul", either(WEIGHTS, REPAIRED, GUARDED), any("value"));

    private AttentionFusion() {}

    /** Whether the formula was found. */
    public static boolean run(Graph graph) {
        return Rewriting.run(graph, ATTENTION, AttentionFusion::attention);
    }

    private static @Nullable Value attention(GraphBuilder g, Map<String, Value> found) {
        boolean isRoot = found.containsKey("root");
        Double factor = isRoot ? null : factor(found);
        Value query = found.get("query");
        Value mask = found.get("mask");
        boolean isKnown = isRoot || factor != null;
        if (!isKnown || !isLast(found.get("dim"), found.get("scores")) || mask != null && !fits(mask, query)) {
            return null;
        }
        Value key = g.op("aten::transpose", found.get("transposed"), -2L, -1L);
        return g.op(
                "aten::scaled_dot_product_attention", query, key, found.get("value"), mask, 0.0, false, factor, false);
    }

    /** What the scores are multiplied by; null if that is not constant. */
    private static @Nullable Double factor(Map<String, Value> found) {
        if (found.containsKey("divisor")) {
            Double divisor = Constants.number(found.get("divisor"));
            return divisor == null ? null : (Double) (1 / divisor);
        }
        return found.containsKey("factor") ? Constants.number(found.get("factor")) : (Double) 1.0;
    }

    private static boolean isLast(Value dim, Value of) {
        return Constants.is(dim, -1L)
                || of.type() instanceof Type.OfTensor tensor && Constants.is(dim, tensor.rank() - 1L);
    }

    /** Whether the mask is not known to be of another type than the query, or of too few dimensions. */
    private static boolean fits(Value mask, Value query) {
        return mask.type() instanceof Type.OfTensor its
                && (its.rank() < 0 || its.rank() > 1)
                && query.type() instanceof Type.OfTensor other
                && (its.dtype() == null || other.dtype() == null || its.dtype() == other.dtype());
    }
}
