package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Axes in an order in which dimensions can be put in or taken out one by one. */
final class Axes {
    private Axes() {}

    /**
     * The axes in ascending order, all from the same end.
     *
     * @param rank the number of dimensions that negative axes count from; -1 if unknown
     */
    static List<Object> sorted(OnnxNode node, Conversion c, Value x, Numbers axes, int rank) {
        if (!axes.hasElements()) {
            throw node.unsupported("axes of which not even the number is known");
        }
        if (axes.size() == 1) {
            return axes.elements();
        }
        if (axes.isConstant()) {
            return known(node, axes.longs(), rank);
        }
        if (rank < 0) {
            throw node.unsupported("computed axes where the number of dimensions is unknown");
        }
        List<Object> positive = new ArrayList<>();
        axes.elements().forEach(axis -> positive.add(c.integer("remainder", axis, (long) rank)));
        Value sorted = c.op("aten::sorted", c.list(Type.INT, positive));
        List<Object> elements = new ArrayList<>();
        for (long i = 0; i < axes.size(); i++) {
            elements.add(c.op("aten::__getitem__", sorted, i));
        }
        return elements;
    }

    private static List<Object> known(OnnxNode node, long[] axes, int rank) {
        boolean negative = false;
        boolean positive = false;
        for (long axis : axes) {
            negative |= axis < 0;
            positive |= axis >= 0;
        }
        boolean mixed = negative && positive;
        if (mixed && rank < 0) {
            throw node.unsupported("axes from both ends where the number of dimensions is unknown");
        }
        List<Long> sorted = new ArrayList<>();
        for (long axis : axes) {
            sorted.add(mixed && axis < 0 ? axis + rank : axis);
        }
        sorted.sort(null);
        return List.copyOf(sorted);
    }

    /** Whether sorted axes count from the end. */
    static boolean areNegative(List<Object> sorted) {
        return !sorted.isEmpty() && sorted.get(0) instanceof Long first && first < 0;
    }
}
