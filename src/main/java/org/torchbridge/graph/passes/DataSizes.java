package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;

/** Operators whose results are as long as the data has it. */
final class DataSizes {
    private static final Set<String> KINDS = Set.of(
            "aten::nonzero",
            "aten::nonzero_numpy",
            "aten::masked_select",
            "aten::_unique",
            "aten::_unique2",
            "aten::unique_dim",
            "aten::unique_consecutive",
            "aten::unique_dim_consecutive",
            "torchvision::nms");

    private DataSizes() {}

    /** Whether a program has such an operator. */
    static boolean areIn(Graph graph) {
        boolean[] found = new boolean[1];
        graph.forEachNode(node -> found[0] |= mayBe(node));
        return found[0];
    }

    private static boolean mayBe(Node node) {
        return KINDS.contains(node.kind())
                || node.is("aten::where") && node.inputs().size() == 1
                || node.is("aten::index");
    }

    /** The results of a node as other data might give them: of one row, or of two where there is one. */
    static List<@Nullable Object> others(Node node, List<@Nullable Object> inputs, List<@Nullable Object> results) {
        if (!mayBe(node)) {
            return results;
        }
        int dimension = node.is("aten::index") ? maskedDimension((List<?>) inputs.get(1)) : 0;
        return dimension < 0
                ? results
                : results.stream().map(result -> other(result, dimension)).toList();
    }

    /** The dimension that a mask shortens; -1 if there is none. */
    private static int maskedDimension(List<?> indices) {
        int first = -1;
        boolean masked = false;
        for (int i = indices.size() - 1; i >= 0; i--) {
            if (indices.get(i) instanceof Tensor index) {
                first = i;
                masked |= index.dtype() == DType.BOOL || index.dtype() == DType.UINT8;
            }
        }
        return masked ? first : -1;
    }

    private static @Nullable Object other(@Nullable Object result, int dimension) {
        if (result instanceof List<?> list) {
            return new ArrayList<>(
                    list.stream().map(element -> other(element, dimension)).toList());
        } else if (!(result instanceof Tensor tensor) || tensor.dim() <= dimension) {
            return result;
        }
        Tensor whole = (Tensor) result;
        if (whole.size(dimension) > 1) {
            return whole.narrow(dimension, 0, 1);
        } else if (whole.size(dimension) == 1) {
            return Torch.cat(List.of(whole, whole), dimension);
        }
        long[] shape = whole.shape();
        shape[dimension] = 1;
        return Torch.zeros(shape).to(whole.dtype());
    }
}
