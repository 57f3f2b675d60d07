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
        r.limit("Slice", "bounds whose number is not known before a run");
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
        return c.known(c.op("aten::index", x, indices), Conversion.dtype(x), rank);
    }

    private static Value gatherElements(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        long axis = node.integer("axis", 0);
        Value indices = c.cast(node.tensor(1), DType.INT64);
        Value positive = c.op("aten::remainder", indices, c.size(x, axis));
        return c.known(c.op("aten::gather", x, axis, positive), Conversion.dtype(x), node.rank(0));
    }

    private static Value sliceByAttributes(OnnxNode node, Conversion c) {
        long[] axes = node.integers("axes");
        long[] starts = node.integers("starts");
        long[] ends = node.integers("ends");
        if (starts == null || ends == null) {
            throw node.broken("has no starts or ends");
        }
        return slice(node, c, Numbers.row(starts), Numbers.row(ends), axes == null ? null : Numbers.row(axes), null);
    }

    private static Value slice(OnnxNode node, Conversion c) {
        Numbers axes = node.has(3) ? node.numbers(3) : null;
        Numbers steps = node.has(4) ? node.numbers(4) : null;
        return slice(node, c, node.numbers(1), node.numbers(2), axes, steps);
    }

    private static Value slice(
            OnnxNode node,
            Conversion c,
            Numbers starts,
            Numbers ends,
            @Nullable Numbers axes,
            @Nullable Numbers steps) {
        int count = count(node, starts, ends, axes, steps);
        Value x = node.tensor(0);
        for (int i = 0; i < count; i++) {
            Object axis = axes == null ? (Object) (long) i : axes.get(c, i);
            x = part(c, x, axis, starts.get(c, i), ends.get(c, i), steps == null ? (Object) 1L : steps.get(c, i));
        }
        return x;
    }

    /** How many dimensions are sliced, which any of the inputs may tell. */
    private static int count(OnnxNode node, @Nullable Numbers... inputs) {
        for (Numbers input : inputs) {
            if (input != null && input.hasElements()) {
                return input.size();
            }
        }
        throw node.unsupported("bounds of which not even the number is known");
    }

    private static Value part(Conversion c, Value x, Object axis, Object start, Object end, Object step) {
        if (step instanceof Long known) {
            return known > 0
                    ? c.op("aten::slice", x, axis, start, end, known)
                    : backwards(c, x, axis, start, end, -known);
        }
        return c.ifElse(
                        c.op("aten::gt", step, 0L),
                        () -> List.of(c.op("aten::slice", x, axis, start, end, step)),
                        () -> List.of(backwards(c, x, axis, start, end, c.op("aten::neg", step))))
                .get(0);
    }

    /** A slice with a negative step is one with a positive step of the flipped tensor. */
    private static Value backwards(Conversion c, Value x, Object axis, Object start, Object end, Object step) {
        Value flipped = c.op("aten::flip", x, Numbers.row(List.of(axis)));
        Object size = axis instanceof Long known ? c.size(x, known) : c.op("aten::size", x, axis);
        Object from = fromTheEnd(c, size, start);
        return c.op("aten::slice", flipped, axis, from, fromTheEnd(c, size, end), step);
    }

    private static Object fromTheEnd(Conversion c, Object size, Object index) {
        if (index instanceof Long known) {
            return known < 0 ? (Object) (-1 - known) : known > Integer.MAX_VALUE ? 0L : first(c, size, index);
        }
        return c.ifElse(
                        c.op("aten::lt", index, 0L),
                        () -> List.of(c.op("aten::sub", -1L, index)),
                        () -> List.of(c.op("prim::max", 0L, c.integer("sub", size, 1L, index))))
                .get(0);
    }

    private static Object first(Conversion c, Object size, Object index) {
        return c.integer("max", 0L, c.integer("sub", size, 1L, index));
    }
}
