package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** Orders, sets and positions of elements, and what is left of linear algebra. */
final class SortRules {
    private SortRules() {}

    static void register(Registry r) {
        r.many("TopK", 1, SortRules::topK);
        r.many("Unique", 11, SortRules::unique);
        r.rule("NonZero", 9, (node, c) -> c.op("aten::t", c.op("aten::nonzero", node.tensor(0))));
        r.rule("Einsum", 12, (node, c) -> c.op("aten::einsum", node.text("equation"), c.list(node.tensors())));
        r.rule("Trilu", 14, SortRules::trilu);
        r.rule("Det", 11, (node, c) -> c.op("aten::linalg_det", node.tensor(0)));
        r.rule("OneHot", 9, SortRules::oneHot);
    }

    private static List<@Nullable Value> topK(OnnxNode node, Conversion c) {
        long axis = node.integer("axis", -1);
        boolean largest = node.flag("largest", true);
        boolean sorted = node.flag("sorted", true);
        Value x = node.tensor(0);
        Object k = node.inputs() > 1 ? node.number(1) : node.integer("k");
        if (sorted) {
            return stableTopK(c, x, k, axis, largest);
        }
        return new ArrayList<>(c.ops("aten::topk", x, k, axis, largest, sorted));
    }

    /** Of equal elements the first one counts, which only a stable sort promises. */
    private static List<@Nullable Value> stableTopK(Conversion c, Value x, Object k, long axis, boolean largest) {
        List<Value> both = c.ops("aten::sort", x, true, axis, largest);
        List<@Nullable Value> first = new ArrayList<>();
        both.forEach(each -> first.add(c.op("aten::slice", each, axis, 0L, k, 1L)));
        return first;
    }

    /** Unique elements or slices, with the first place of each, the place of every element's own, and counts. */
    private static List<@Nullable Value> unique(OnnxNode node, Conversion c) {
        boolean sorted = node.flag("sorted", true);
        boolean flat = !node.hasAttribute("axis");
        Value x = flat ? c.op("aten::flatten", node.tensor(0), 0L, -1L) : node.tensor(0);
        long axis = flat ? 0 : node.integer("axis");
        List<Value> found = c.ops("aten::unique_dim", x, axis, true, true, true);
        Value values = found.get(0);
        Value inverse = found.get(1);
        Value counts = found.get(2);
        Value first = firstPlaces(c, inverse, c.size(values, axis));
        if (!sorted) {
            Value order = c.op("aten::argsort", first, 0L, false);
            values = c.op("aten::index_select", values, axis, order);
            counts = c.op("aten::index_select", counts, 0L, order);
            inverse = c.op("aten::index_select", c.op("aten::argsort", order, 0L, false), 0L, inverse);
            first = c.op("aten::index_select", first, 0L, order);
        }
        List<@Nullable Value> results = new ArrayList<>(List.of(values, first, inverse, counts));
        return results.subList(0, node.outputs());
    }

    private static Value firstPlaces(Conversion c, Value inverse, Object groups) {
        Object count = c.size(inverse, 0);
        Value places = c.op("aten::arange", 0L, count, 1L, DType.INT64, null, c.device(), null);
        Value start = c.op("aten::full", c.list(List.of(groups)), count, DType.INT64, null, c.device());
        return c.op("aten::scatter_reduce", start, 0L, inverse, places, "amin", true);
    }

    static Value trilu(OnnxNode node, Conversion c) {
        boolean upper = node.flag("upper", true);
        Object diagonal = node.has(1) ? node.number(1) : 0L;
        return c.op(upper ? "aten::triu" : "aten::tril", node.tensor(0), diagonal);
    }

    /** Indices outside the depth have no hot place. */
    private static Value oneHot(OnnxNode node, Conversion c) {
        long axis = node.integer("axis", -1);
        Object depth = depth(node, c);
        Value values = node.tensor(2);
        Value indices = c.cast(node.tensor(0), DType.INT64);
        Value wrapped = c.op("aten::where", c.op("aten::lt", indices, 0L), c.op("aten::add", indices, depth), indices);
        Value classes = c.op("aten::arange", 0L, depth, 1L, DType.INT64, null, c.device(), null);
        Value hot = c.op("aten::eq", c.op("aten::unsqueeze", wrapped, -1L), classes);
        Value off = c.op("aten::select", values, 0L, 0L);
        Value on = c.op("aten::select", values, 0L, 1L);
        Value encoded = c.op("aten::where", hot, on, off);
        return axis == -1 ? encoded : c.op("aten::movedim", encoded, -1L, axis);
    }

    /** The number of classes, a tensor of one element of any type. */
    private static Object depth(OnnxNode node, Conversion c) {
        return node.isInteger(1) ? node.number(1) : c.op("aten::Int", node.tensor(1));
    }
}
