package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.Torch;
import org.torchbridge.onnx.exporter.Item.Items;
import org.torchbridge.onnx.exporter.Item.Named;

/** Elements picked and put by their places or by masks. */
final class IndexRules {
    private IndexRules() {}

    static void register(Rules r) {
        r.rule("aten::index_select", c -> c.node("Gather", c.tensor("self"), c.tensor("index"))
                .with("axis", c.dim("dim", c.tensor("self")))
                .get());
        r.rule("aten::gather", c -> c.node("GatherElements", c.tensor("self"), c.tensor("index"))
                .with("axis", c.dim("dim", c.tensor("self")))
                .get());
        r.rule("aten::take_along_dim", IndexRules::takeAlong);
        r.rule("aten::index", IndexRules::index);
        r.rule("aten::index_put", IndexRules::indexPut);
        r.rule("aten::masked_fill", IndexRules::maskedFill);
        r.rule("aten::masked_select", c -> c.op("GatherND", c.tensor("self"), places(c, c.tensor("mask"))));
        r.rule("aten::where", IndexRules::where);
        r.rule("aten::nonzero", c -> places(c, c.tensor("self")));
        r.rule("aten::nonzero_numpy", c -> columns(c, c.cast(c.item("self"), DType.BOOL)));
        r.many("aten::_unique2", IndexRules::unique);
        r.rule("aten::one_hot", IndexRules::oneHot);
        r.rule("aten::tril", 14, c -> triangle(c, false));
        r.rule("aten::triu", 14, c -> triangle(c, true));
        r.rule("aten::diagonal", IndexRules::diagonal);
        r.rule("aten::bucketize", IndexRules::bucketize);
    }

    // ---- x[...]

    /** With indices for some dimensions, which are broadcast against each other. */
    private static Named index(Call c) {
        Named x = c.tensor("self");
        List<Item> indices = c.elements(c.item("indices"));
        List<Integer> given = given(indices);
        if (given.size() == 1) {
            Named index = c.named(indices.get(given.get(0)));
            return index.dtype() == DType.BOOL || index.dtype() == DType.UINT8
                    ? masked(c, x, index, given.get(0))
                    : c.node("Gather", x, index).with("axis", given.get(0)).get();
        }
        int first = given.get(0);
        boolean adjacent = given.get(given.size() - 1) - first == given.size() - 1;
        List<Long> order = new ArrayList<>();
        given.forEach(dim -> order.add((long) dim));
        for (long dim = 0; dim < c.rank(x); dim++) {
            if (!order.contains(dim)) {
                order.add(dim);
            }
        }
        Named front = first == 0 && adjacent
                ? x
                : LayoutRules.permute(
                        c, x, order.stream().mapToLong(Long::longValue).toArray());
        Named stacked = stacked(c, indices, given);
        Named picked = c.op("GatherND", front, stacked);
        return adjacent && first > 0 ? back(c, picked, c.rank(stacked) - 1, c.rank(x) - given.size(), first) : picked;
    }

    /** The indices are broadcast against the tensor in all dimensions but one; without a dimension both are rows. */
    private static Named takeAlong(Call c) {
        Named x = c.tensor("self");
        Named indices = c.tensor("indices");
        if (!c.has("dim")) {
            return c.op("Gather", c.op("Reshape", x, c.longs(-1)), c.op("Reshape", indices, c.longs(-1)));
        }
        int dim = c.dim("dim", x);
        List<Item> sizes = new ArrayList<>();
        for (int i = 0; i < c.rank(x); i++) {
            sizes.add(i == dim ? Item.of(1L) : c.size(x, i));
        }
        return c.node("GatherElements", x, c.op("Expand", indices, c.row(sizes)))
                .with("axis", dim)
                .get();
    }

    private static List<Integer> given(List<Item> indices) {
        List<Integer> given = new ArrayList<>();
        for (int i = 0; i < indices.size(); i++) {
            if (!Item.isNone(indices.get(i))) {
                given.add(i);
            }
        }
        return given;
    }

    /** Moves the {@code picked} dimensions in front to the place {@code first} among the {@code others}. */
    private static Named back(Call c, Named x, int picked, int others, int first) {
        long[] order = new long[picked + others];
        for (int i = 0; i < order.length; i++) {
            order[i] = i < first ? picked + i : i < first + picked ? i - first : i;
        }
        return LayoutRules.permute(c, x, order);
    }

    /** The indices broadcast to one shape, side by side in a last dimension. */
    private static Named stacked(Call c, List<Item> indices, List<Integer> given) {
        List<Named> all = given.stream().map(dim -> c.named(indices.get(dim))).toList();
        if (all.stream().anyMatch(index -> index.dtype() == DType.BOOL)) {
            throw c.unsupported("picks by several indices of which one is a mask");
        }
        int rank = all.stream().mapToInt(c::rank).max().orElse(0);
        Named sum = c.cast(all.get(0), DType.INT64);
        for (Named index : all.subList(1, all.size())) {
            sum = c.op("Add", sum, c.cast(index, DType.INT64));
        }
        Named shape = c.node("Shape", sum).as(DType.INT64).get();
        List<Named> columns = all.stream()
                .map(index -> c.op("Unsqueeze", c.op("Expand", c.cast(index, DType.INT64), shape), c.longs(-1)))
                .toList();
        return c.node("Concat", List.copyOf(columns)).with("axis", -1).get().ofRank(rank + 1);
    }

    /** A mask over dimensions from {@code dim} on. */
    private static Named masked(Call c, Named x, Named mask, int dim) {
        if (dim > 0) {
            if (c.rank(mask) != 1) {
                throw c.unsupported("picks by a mask over several dimensions that are not the first");
            }
            Named places = c.op("Squeeze", places(c, mask), c.longs(1));
            return c.node("Gather", x, places).with("axis", dim).get();
        }
        return c.op("GatherND", x, places(c, mask));
    }

    /** The places where something is not zero, one in a row. */
    static Named places(Call c, Named x) {
        Named flags = x.dtype() == DType.BOOL ? x : c.cast(x, DType.BOOL);
        return c.node("Transpose", c.node("NonZero", flags).as(DType.INT64).get())
                .with("perm", 1, 0)
                .get();
    }

    /** {@code x[...] = values}. */
    private static Named indexPut(Call c) {
        Named x = c.tensor("self");
        List<Item> indices = c.elements(c.item("indices"));
        List<Integer> given = given(indices);
        if (given.isEmpty() || given.get(given.size() - 1) != given.size() - 1) {
            throw c.unsupported("puts by indices that are not of the first dimensions");
        }
        boolean adds = c.flag("accumulate");
        if (adds && c.opset() < 16) {
            throw c.unsupported("adds to what is there, which needs opset 16");
        }
        Named first = c.named(indices.get(0));
        boolean mask = given.size() == 1 && first.dtype() == DType.BOOL;
        Named values = c.cast(c.item("values"), c.dtype(x));
        if (mask && values.rank() == 0) {
            return c.node("Where", trailing(c, first, c.rank(x)), values, x)
                    .as(x.dtype())
                    .get();
        }
        Named places = mask
                ? places(c, first)
                : given.size() == 1
                        ? LayoutRules.unsqueeze(c, c.cast(first, DType.INT64), -1)
                        : stacked(c, indices, given);
        Named picked =
                c.node("Shape", c.op("GatherND", x, places)).as(DType.INT64).get();
        Named updates = c.op("Expand", values, picked);
        NodeWriter node = c.node("ScatterND", x, places, updates);
        return (adds ? node.with("reduction", "add") : node).get();
    }

    /** A mask over the first dimensions as one of all. */
    private static Named trailing(Call c, Named mask, int rank) {
        Named all = mask;
        for (int i = c.rank(mask); i < rank; i++) {
            all = LayoutRules.unsqueeze(c, all, -1);
        }
        return all;
    }

    // ---- masks

    private static Named maskedFill(Call c) {
        DType dtype = c.dtype(0) == null ? c.dtype(c.tensor("self")) : c.dtype(0);
        Named mask = c.cast(c.item("mask"), DType.BOOL);
        return c.node("Where", mask, c.cast(c.item("value"), dtype), c.cast(c.item("self"), dtype))
                .as(dtype)
                .get();
    }

    /** The different elements in their order, where each element's is among them, and how often each is there. */
    private static List<Item> unique(Call c) {
        Named x = c.tensor("self");
        List<Named> results = c.node("Unique", x).with("sorted", 1).many(4);
        Named places = c.op("Reshape", results.get(2).as(DType.INT64), c.shape(x));
        return List.of(
                results.get(0).as(x.dtype()).ofRank(1),
                places,
                results.get(3).as(DType.INT64).ofRank(1));
    }

    private static Item where(Call c) {
        Named condition = c.cast(c.item("condition"), DType.BOOL);
        if (!c.takes("self")) {
            return columns(c, condition);
        }
        List<Named> operands = ElementwiseRules.operands(c);
        DType dtype = c.dtype(operands.get(0));
        return c.node("Where", condition, operands.get(0), operands.get(1))
                .as(dtype)
                .get();
    }

    private static Item columns(Call c, Named condition) {
        Named rows = c.node("NonZero", condition).as(DType.INT64).get();
        List<Item> columns = new ArrayList<>();
        for (long dim = 0; dim < c.rank(condition); dim++) {
            columns.add(c.op("Gather", rows, c.scalar(dim)).ofRank(1));
        }
        return new Items(columns);
    }

    // ---- others

    private static Named oneHot(Call c) {
        Named x = c.tensor("self");
        long classes = c.integer("num_classes", -1);
        Named depth = classes < 0
                ? c.op("Add", ReductionRules.over(c, "ReduceMax", x, null, false), c.scalar(1L))
                : c.scalar(classes);
        Named values = c.constant(Torch.tensor(new long[] {0, 1}));
        return c.node("OneHot", x, depth, values).as(DType.INT64).get();
    }

    private static Named triangle(Call c, boolean upper) {
        return c.node("Trilu", c.tensor("self"), c.scalar(c.integer("diagonal", 0)))
                .with("upper", upper)
                .get();
    }

    /** Of the last two dimensions, the main one, by the places {@code (i, i)}. */
    private static Named diagonal(Call c) {
        Named x = c.tensor("self");
        if (c.rank(x) != 2 || c.integer("offset", 0) != 0) {
            throw c.unsupported("is not the main diagonal of a matrix");
        }
        Named count = c.op("Min", c.named(c.size(x, 0)), c.named(c.size(x, 1)));
        Named places = LayoutRules.unsqueeze(
                c,
                c.op("Range", c.scalar(0L), c.op("Reshape", count, c.longs()), c.scalar(1L))
                        .ofRank(1),
                1);
        return c.op(
                "GatherND", x, c.node("Concat", places, places).with("axis", 1).get());
    }

    /** How many boundaries are below each element. */
    private static Named bucketize(Call c) {
        Named x = c.named(c.item("self"));
        Named boundaries = c.tensor("boundaries");
        DType dtype = Casts.common(c, x, boundaries);
        Named column = LayoutRules.unsqueeze(c, c.cast(x, dtype), -1);
        String operator = c.flag("right") ? "GreaterOrEqual" : "Greater";
        Named above = c.node(operator, column, c.cast(boundaries, dtype))
                .as(DType.BOOL)
                .get();
        return ReductionRules.over(
                c, "ReduceSum", c.cast(above.ofRank(c.rank(x) + 1), DType.INT64), new long[] {-1}, false);
    }
}
