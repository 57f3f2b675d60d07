package org.torchbridge.onnx.importer;

import java.util.Arrays;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Value;

/** What the leaves of trees say of each target, and how that is taken together over the trees. */
final class Votes {
    /** A table of more votes is more than there should be memory for. */
    private static final int MOST = 1 << 27;

    private final Forest forest;
    private final int targets;
    private final String aggregate;
    private final DType dtype;
    private final double[] table;

    /** @param aggregate {@code SUM}, {@code AVERAGE}, {@code MIN} or {@code MAX} */
    Votes(OnnxNode node, Forest forest, long targets, String aggregate, DType dtype) {
        if (targets < 1 || targets > MOST / forest.size()) {
            throw node.unsupported(targets + " targets of trees with " + forest.size() + " nodes");
        }
        this.forest = forest;
        this.targets = (int) targets;
        this.aggregate = aggregate;
        this.dtype = dtype;
        this.table = new double[forest.size() * this.targets];
        Arrays.fill(table, nothing());
    }

    /** What a leaf without a vote for a target says. */
    private double nothing() {
        return switch (aggregate) {
            case "MIN" -> Double.POSITIVE_INFINITY;
            case "MAX" -> Double.NEGATIVE_INFINITY;
            default -> 0;
        };
    }

    void add(OnnxNode node, int leaf, long target, double weight) {
        if (target < 0 || target >= targets) {
            throw node.broken("has votes for target " + target + " of " + targets);
        }
        int place = leaf * targets + (int) target;
        table[place] = switch (aggregate) {
            case "MIN" -> Math.min(table[place], weight);
            case "MAX" -> Math.max(table[place], weight);
            default -> table[place] + weight;
        };
    }

    /** Of the leaves that samples reach in each tree: samples x targets. */
    Value total(Conversion c, Value leaves) {
        Tensor rows = Torch.tensor(table).reshape(forest.size(), targets).to(dtype);
        Value votes = c.op("aten::index", rows, c.list(List.of(leaves)));
        return switch (aggregate) {
            case "MIN" -> known(c, c.op("aten::amin", votes, new long[] {1}, false));
            case "MAX" -> known(c, c.op("aten::amax", votes, new long[] {1}, false));
            case "AVERAGE" -> c.op("aten::div", c.op("aten::sum", votes, new long[] {1}, false), (long) forest.trees());
            default -> c.op("aten::sum", votes, new long[] {1}, false);
        };
    }

    /** A target that no leaf has voted for is zero. */
    private static Value known(Conversion c, Value y) {
        return c.op("aten::masked_fill", y, c.op("aten::isinf", y), 0.0);
    }
}
