package org.torchbridge.jit;

import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Writes operators that PyTorch 1.13 does not have as those it has, in a program whose shapes are known. */
final class PortableOperators {
    private static final double FLOAT_EPSILON = Math.ulp(1f);
    private static final double DOUBLE_EPSILON = Math.ulp(1.0);

    private PortableOperators() {}

    static void expand(Graph graph) {
        for (Node node : graph.body().nodes()) {
            if (node.is("aten::scaled_dot_product_attention")) {
                replace(node, attention(node, before(node)));
            } else if (node.is("aten::rms_norm")) {
                replace(node, rmsNorm(node, before(node)));
            }
        }
    }

    private static GraphBuilder before(Node node) {
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        return g;
    }

    private static void replace(Node node, Value value) {
        value.setType(node.output().type());
        node.output().replaceAllUsesWith(value);
        node.remove();
    }

    // ---- attention

    private static Value attention(Node node, GraphBuilder g) {
        Value query = node.input(0);
        boolean shared = Boolean.TRUE.equals(constant(node, 7));
        Value key = shared ? repeated(node.input(1), query, g) : node.input(1);
        Value value = shared ? repeated(node.input(2), query, g) : node.input(2);
        Value scaled = g.op("aten::mul", query, scale(node));
        Value scores = masked(node, g.op("aten::matmul", scaled, g.op("aten::transpose", key, -2L, -1L)), g);
        Value weights = g.op("aten::softmax", scores, -1L);
        if (isGiven(node, 3)) {
            // Where nothing is attended to, the weights are 0.
            Value nothing = g.op("aten::all", g.op("aten::eq", scores, Double.NEGATIVE_INFINITY), -1L, true);
            weights = g.op("aten::masked_fill", weights, nothing, 0.0);
        }
        if (!Double.valueOf(0).equals(constant(node, 4))) {
            weights = g.op("aten::dropout", weights, node.input(4), true);
        }
        return g.op("aten::matmul", weights, value);
    }

    private static Object scale(Node node) {
        Object given = constant(node, 6);
        return given != null ? given : 1 / Math.sqrt(size(node.input(0), -1));
    }

    private static Value masked(Node node, Value scores, GraphBuilder g) {
        Value mask = node.input(3);
        if (Boolean.TRUE.equals(constant(node, 5))) {
            Value ones = g.op("aten::ones_like", scores, GraphBuilder.named("dtype", DType.BOOL));
            return hidden(scores, g.op("aten::tril", ones), g);
        }
        if (!isGiven(node, 3)) {
            return scores;
        }
        boolean isChoice = ((Type.OfTensor) mask.type()).dtype() == DType.BOOL;
        return isChoice ? hidden(scores, mask, g) : g.op("aten::add", scores, mask);
    }

    /** The scores without those where {@code mask} is false. */
    private static Value hidden(Value scores, Value mask, GraphBuilder g) {
        return g.op("aten::masked_fill", scores, g.op("aten::logical_not", mask), Double.NEGATIVE_INFINITY);
    }

    /** As many heads as the query has. */
    private static Value repeated(Value heads, Value query, GraphBuilder g) {
        long times = size(query, -3) / size(heads, -3);
        return times == 1 ? heads : g.op("aten::repeat_interleave", heads, times, -3L);
    }

    // ---- normalisation

    private static Value rmsNorm(Node node, GraphBuilder g) {
        Value input = node.input(0);
        long count = node.input(1).producer().inputs().size();
        long[] dims = LongStream.rangeClosed(-count, -1).toArray();
        Value squares = g.op("aten::mean", g.op("aten::mul", input, input), dims, true);
        Value normalized = g.op("aten::mul", input, g.op("aten::rsqrt", g.op("aten::add", squares, epsilon(node))));
        return isGiven(node, 2) ? g.op("aten::mul", normalized, node.input(2)) : normalized;
    }

    private static Object epsilon(Node node) {
        Object given = constant(node, 3);
        boolean isDouble = ((Type.OfTensor) node.input(0).type()).dtype() == DType.FLOAT64;
        return given != null ? given : isDouble ? DOUBLE_EPSILON : FLOAT_EPSILON;
    }

    // ----

    private static boolean isGiven(Node node, int input) {
        return !node.input(input).producer().is("prim::Constant") || constant(node, input) != null;
    }

    private static @Nullable Object constant(Node node, int input) {
        return node.input(input).producer().attribute("value");
    }

    private static long size(Value tensor, int dimension) {
        List<@Nullable Long> shape = ((Type.OfTensor) tensor.type()).shape();
        return shape.get(shape.size() + dimension);
    }
}
