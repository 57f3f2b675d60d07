package org.torchbridge.graph.passes;

import static org.torchbridge.graph.passes.Pattern.any;
import static org.torchbridge.graph.passes.Pattern.constant;
import static org.torchbridge.graph.passes.Pattern.either;
import static org.torchbridge.graph.passes.Pattern.integers;
import static org.torchbridge.graph.passes.Pattern.number;
import static org.torchbridge.graph.passes.Pattern.op;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Value;

/**
 * Makes a product with a matrix of weights, and the sum with a bias, into {@code aten::linear}. The matrix and the bias are
 * slots or constants; a matrix that is not the transpose of one is transposed, which {@link ConstantFolding} can do ahead.
 */
public final class LinearFusion {
    private static final Pattern PRODUCT =
            either(op("aten::matmul", any("x"), any("weight")), op("aten::mm", any("x"), any("weight")));
    private static final Pattern SUM = either(
            op("aten::add", PRODUCT, any("bias")),
            op("aten::addmm", any("bias"), any("x"), any("weight"), number(1), number(1)));

    private static final Pattern TRANSPOSED = either(
            op("aten::t", any("matrix")),
            op("aten::transpose", any("matrix"), constant(0L), constant(1L)),
            op("aten::transpose", any("matrix"), constant(1L), constant(0L)),
            op("aten::transpose", any("matrix"), constant(-1L), constant(-2L)),
            op("aten::transpose", any("matrix"), constant(-2L), constant(-1L)),
            op("aten::permute", any("matrix"), integers(1L, 0L)));

    private final Weights weights;

    private LinearFusion(Graph graph) {
        this.weights = Weights.of(graph);
    }

    /** Whether such a product was found. */
    public static boolean run(Graph graph) {
        LinearFusion pass = new LinearFusion(graph);
        return Rewriting.run(graph, SUM, pass::linear) | Rewriting.run(graph, PRODUCT, pass::linear);
    }

    private @Nullable Value linear(GraphBuilder g, Map<String, Value> found) {
        Map<String, Value> inner = TRANSPOSED.match(found.get("weight"));
        Value matrix = inner == null ? found.get("weight") : inner.get("matrix");
        Value bias = found.get("bias");
        if (!weights.hasRank(matrix, 2)) {
            return null;
        }
        Tensor tensor = weights.tensor(matrix);
        if (bias != null && !isBias(bias, tensor.shape()[inner == null ? 1 : 0], tensor.dtype())) {
            return null;
        }
        return g.op("aten::linear", found.get("x"), inner == null ? g.op("aten::t", matrix) : matrix, bias);
    }

    private boolean isBias(Value value, long outputs, DType dtype) {
        return weights.hasRank(value, 1)
                && weights.tensor(value).numel() == outputs
                && weights.tensor(value).dtype() == dtype;
    }
}
