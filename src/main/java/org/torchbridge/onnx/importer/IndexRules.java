package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** Parts of tensors, by indices and ranges. */
final class IndexRules {
    private IndexRules() {}

    static void register(Registry r) {
        r.rule("Gather", 1, IndexRules::gather);
        r.rule("GatherElements", 11, IndexRules::gatherElements);
        r.rule("Slice", 1, IndexRules::sliceByAttributes);
        r.rule("Slice", 10, IndexRules::slice);
    }

    private static Value gather(OnnxNode node, Conversion c) {
        Value x = node.weight(0, "weight");
        long axis = node.integer("axis", 0);
        if (node.rank(1) == 0) {
            return c.op("aten::select", x, axis, node.number(1));
        }
        long at = axis < 0 ? axis + node.knownRank(0) : axis;
        List<@Nullable Object> indices = new ArrayList<>();
        for (int i = 0; i < at; i++) {
            indices.add(null);
        }
        indices.add(c.cast(node.tensor(1), DType.INT64));
        int rank = node.rank(0) < 0 || node.rank(1) < 0 ? -1 : node.rank(0) - 1 + node.rank(1);
        return c.known(c.op("aten::index", x, c.list(indices)), Conversion.dtype(x), rank);
    }

    private static Value gatherElements(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        long axis = node.integer("axis", 0);
        Value indices = c.cast(node.tensor(1), DType.INT64);
        Value positive = c.op("aten::remainder", indices, c.size(x, axis));
        return c.known(c.op("aten::gather", x, axis, positive), Conversion.dtype(x), node.rank(0));
    }

    private static Value sliceByAttributes(OnnxNode node, Conversion c) {
        long[] starts = node.integers("starts");
        long[] ends = node.integers("ends");
        if (starts == null || ends == null) {
            throw node.broken("has no starts or ends");
        }
        return slice(node, c, Numbers.row(starts), Numbers.row(ends), node.integers("axes"), null);
    }

    private static Value slice(OnnxNode node, Conversion c) {
        long[] axes = node.has(3) ? node.longs(3) : null;
        long[] steps = node.has(4) ? node.longs(4) : null;
        Numbers starts = node.numbers(1);
        Numbers ends = node.numbers(2);
        if (!starts.hasElements() || !ends.hasElements()) {
            throw node.unsupported("starts or ends of which not even the number is known");
        }
        return slice(node, c, starts, ends, axes, steps);
    }

    private static Value slice(
            OnnxNode node, Conversion c, Numbers starts, Numbers ends, long @Nullable [] axes, long @Nullable [] steps) {
        Value x = node.tensor(0);
        for (int i = 0; i < starts.size(); i++) {
            long axis = axes == null ? i : axes[i];
            long step = steps == null ? 1 : steps[i];
            x = step > 0
                    ? c.op("aten::slice", x, axis, starts.get(i), ends.get(i), step)
                    : backwards(node, c, x, axis, starts.get(i), ends.get(i), step);
        }
        return x;
    }

    /** A slice with a negative step is one with a positive step of the flipped tensor. */
    private static Value backwards(
            OnnxNode node, Conversion c, Value x, long axis, Object start, Object end, long step) {
        Value flipped = c.op("aten::flip", x, new long[] {axis});
        Object from = fromTheEnd(node, c, x, axis, start);
        Object to = fromTheEnd(node, c, x, axis, end);
        return c.op("aten::slice", flipped, axis, from, to, -step);
    }

    private static Object fromTheEnd(OnnxNode node, Conversion c, Value x, long axis, Object index) {
        if (!(index instanceof Long known)) {
            throw node.unsupported("a negative step with computed bounds");
        }
        if (known < 0) {
            return -1 - known;
        }
        return known > Integer.MAX_VALUE ? 0L : c.integer("max", 0L, c.integer("sub", c.size(x, axis), known + 1));
    }
}
