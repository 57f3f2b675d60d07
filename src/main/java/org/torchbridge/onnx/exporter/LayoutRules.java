package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.onnx.exporter.Item.Items;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** What gives the same elements in another shape, order or type. */
final class LayoutRules {
    private LayoutRules() {}

    static void register(Rules r) {
        same(r);
        r.rule("aten::reshape", c -> reshape(c, "shape"));
        r.rule("aten::view", c -> c.takes("dtype") ? retyped(c) : reshape(c, "size"));
        r.rule("aten::_unsafe_view", c -> reshape(c, "size"));
        r.rule("aten::view_as", c -> c.op("Reshape", c.tensor("self"), c.shape(c.tensor("other"))));
        r.rule("aten::reshape_as", c -> c.op("Reshape", c.tensor("self"), c.shape(c.tensor("other"))));
        r.rule("aten::flatten", LayoutRules::flatten);
        r.rule("aten::unflatten", LayoutRules::unflatten);
        r.rule("aten::squeeze", LayoutRules::squeeze);
        r.rule("aten::unsqueeze", c -> unsqueeze(c, c.tensor("self"), c.integer("dim")));
        r.rule("aten::transpose", LayoutRules::transpose);
        r.rule("aten::swapaxes", LayoutRules::transpose);
        r.rule("aten::t", c -> c.rank(c.tensor("self")) < 2 ? c.tensor("self") : permute(c, c.tensor("self"), 1, 0));
        for (String kind : List.of("aten::mT", "aten::mH", "aten::adjoint")) {
            r.rule(kind, c -> permute(c, c.tensor("self"), matrixTurned(c)));
        }
        r.rule("aten::numpy_T", c -> reversed(c, c.tensor("self")));
        r.rule("aten::permute", c -> permute(c, c.tensor("self"), c.integers("dims")));
        r.rule("aten::movedim", LayoutRules::moveDim);
        r.rule("aten::expand", c -> expand(c, c.tensor("self"), c.numbers("size")));
        r.rule("aten::expand_as", c -> c.op("Expand", c.tensor("self"), c.shape(c.tensor("other"))));
        r.rule("aten::broadcast_to", c -> expand(c, c.tensor("self"), c.numbers("size")));
        r.rule("aten::broadcast_tensors", LayoutRules::broadcast);
        r.rule("aten::repeat", LayoutRules::repeat);
        r.rule("aten::tile", LayoutRules::repeat);
        r.rule("aten::flip", LayoutRules::flip);
        r.rule("aten::roll", LayoutRules::roll);
        r.rule("aten::meshgrid", LayoutRules::meshgrid);
        r.rule("aten::repeat_interleave", LayoutRules::repeatInterleave);
    }

    private static void same(Rules r) {
        for (String kind : List.of(
                "aten::contiguous",
                "aten::clone",
                "aten::detach",
                "aten::alias",
                "aten::lift_fresh",
                "aten::cpu",
                "aten::positive",
                "aten::resolve_conj",
                "aten::resolve_neg",
                "aten::requires_grad_",
                "aten::detach_copy")) {
            r.rule(kind, c -> c.tensor("self"));
        }
        r.rule("aten::to", LayoutRules::to);
        r.rule("aten::type_as", c -> c.cast(c.item("self"), c.dtype(c.tensor("other"))));
        r.rule("aten::float", c -> c.cast(c.item("self"), DType.FLOAT32));
        r.rule("aten::double", c -> c.cast(c.item("self"), DType.FLOAT64));
        r.rule("aten::half", c -> c.cast(c.item("self"), DType.FLOAT16));
        r.rule("aten::long", c -> c.cast(c.item("self"), DType.INT64));
        r.rule("aten::int", c -> c.cast(c.item("self"), DType.INT32));
        r.rule("aten::bool", c -> c.cast(c.item("self"), DType.BOOL));
    }

    /** Where the dtype is not named, the example's result has it. */
    private static Item to(Call c) {
        DType named = c.dtype("dtype");
        DType wanted = named == null && c.takes("other") ? c.tensor("other").dtype() : named;
        return wanted == null ? c.tensor("self") : c.cast(c.item("self"), wanted);
    }

    private static Item retyped(Call c) {
        if (c.dtype("dtype") != c.tensor("self").dtype()) {
            throw c.unsupported("looks at the same bytes as another type");
        }
        return c.tensor("self");
    }

    // ---- shapes

    private static Named reshape(Call c, String size) {
        return c.op("Reshape", c.tensor("self"), c.row(size));
    }

    /** Dimensions that stay are 0 for ONNX, and the others become one. */
    private static Named flatten(Call c) {
        Named x = c.tensor("self");
        int rank = c.rank(x);
        if (rank == 0) {
            return c.op("Reshape", x, c.longs(1));
        }
        int start = Call.fromFront(c.integer("start_dim", 0), rank);
        int end = Call.fromFront(c.integer("end_dim", -1), rank);
        List<Item> sizes = new ArrayList<>();
        for (int i = 0; i < start; i++) {
            sizes.add(Item.of(0L));
        }
        sizes.add(Item.of(-1L));
        for (int i = end + 1; i < rank; i++) {
            sizes.add(c.size(x, i));
        }
        return c.op("Reshape", x, c.row(sizes));
    }

    private static Named unflatten(Call c) {
        Named x = c.tensor("self");
        int dim = c.dim("dim", x);
        List<Item> sizes = new ArrayList<>();
        for (int i = 0; i < dim; i++) {
            sizes.add(Item.of(0L));
        }
        sizes.addAll(c.numbers("sizes"));
        for (int i = dim + 1; i < c.rank(x); i++) {
            sizes.add(c.size(x, i));
        }
        return c.op("Reshape", x, c.row(sizes));
    }

    /** Only dimensions of size 1 go, so the sizes in the example decide; that of an open size is not 1. */
    private static Named squeeze(Call c) {
        Named x = c.tensor("self");
        int rank = c.rank(x);
        long[] dims =
                c.has("dim") ? c.integers("dim") : LongStream.range(0, rank).toArray();
        long[] gone = LongStream.of(dims)
                .map(dim -> Call.fromFront(dim, rank))
                .filter(dim -> rank > 0
                        && x.shape().get((int) dim) != null
                        && x.shape().get((int) dim) == 1)
                .toArray();
        return gone.length == 0 ? x : c.op("Squeeze", x, c.longs(gone));
    }

    static Named unsqueeze(Call c, Named x, long dim) {
        long place = dim < 0 && x.rank() >= 0 ? dim + x.rank() + 1 : dim;
        Named result = c.op("Unsqueeze", x, c.longs(place));
        if (x.rank() < 0) {
            return result;
        }
        List<@Nullable Long> shape = new ArrayList<>(x.shape());
        shape.add((int) place, 1L);
        return result.ofShape(shape);
    }

    private static Named transpose(Call c) {
        Named x = c.tensor("self");
        int rank = c.rank(x);
        long[] order = LongStream.range(0, rank).toArray();
        if (rank == 0) {
            return x;
        }
        String one = c.takes("dim0") ? "dim0" : "axis0";
        String other = c.takes("dim1") ? "dim1" : "axis1";
        int first = c.dim(one, x);
        int second = c.dim(other, x);
        order[first] = second;
        order[second] = first;
        return permute(c, x, order);
    }

    static Named permute(Call c, Named x, long... dims) {
        long[] order =
                LongStream.of(dims).map(dim -> Call.fromFront(dim, dims.length)).toArray();
        Named result = c.node("Transpose", x).with("perm", order).get();
        return x.shape() == null
                ? result.ofRank(order.length)
                : result.ofShape(LongStream.of(order)
                        .mapToObj(dim -> x.shape().get((int) dim))
                        .collect(Collectors.toCollection(ArrayList::new)));
    }

    /** The last two dimensions swapped; what is real is its own conjugate. */
    private static long[] matrixTurned(Call c) {
        int rank = c.rank(c.tensor("self"));
        long[] order = LongStream.range(0, rank).toArray();
        order[rank - 2] = rank - 1;
        order[rank - 1] = rank - 2;
        return order;
    }

    private static Named reversed(Call c, Named x) {
        int rank = c.rank(x);
        return permute(
                c, x, LongStream.range(0, rank).map(dim -> rank - 1 - dim).toArray());
    }

    private static Named moveDim(Call c) {
        Named x = c.tensor("self");
        int rank = c.rank(x);
        long[] from = c.integers("source");
        long[] to = c.integers("destination");
        Long[] order = new Long[rank];
        List<Long> rest = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
        for (int i = 0; i < from.length; i++) {
            long source = Call.fromFront(from[i], rank);
            order[Call.fromFront(to[i], rank)] = source;
            rest.remove(source);
        }
        long[] dims = new long[rank];
        for (int i = 0; i < rank; i++) {
            dims[i] = order[i] == null ? rest.remove(0) : order[i];
        }
        return permute(c, x, dims);
    }

    /** A size of -1 stays what it is, for which ONNX has 1. */
    static Named expand(Call c, Named x, List<Item> sizes) {
        List<Item> wanted = sizes.stream()
                .map(size -> size instanceof Known known && known.value().equals(-1L) ? Item.of(1L) : size)
                .toList();
        return c.op("Expand", x, c.row(wanted)).ofRank(sizes.size());
    }

    private static Item broadcast(Call c) {
        List<Named> tensors = c.tensors("tensors");
        Named all = c.cast(tensors.get(0), DType.FLOAT32);
        for (Named tensor : tensors.subList(1, tensors.size())) {
            all = c.op("Add", all, c.cast(tensor, DType.FLOAT32));
        }
        Named shape = c.node("Shape", all).as(DType.INT64).get();
        return new Items(tensors.stream()
                .map(tensor -> (Item) c.op("Expand", tensor, shape))
                .toList());
    }

    private static Named repeat(Call c) {
        Named x = c.tensor("self");
        List<Item> repeats = new ArrayList<>(c.numbers(c.takes("dims") ? "dims" : "repeats"));
        int rank = c.rank(x);
        while (repeats.size() < rank) {
            repeats.add(0, Item.of(1L));
        }
        for (int i = rank; i < repeats.size(); i++) {
            x = unsqueeze(c, x, 0);
        }
        return c.op("Tile", x, c.row(repeats));
    }

    // ---- order

    private static Named flip(Call c) {
        Named x = c.tensor("self");
        long[] dims = LongStream.of(c.integers("dims"))
                .map(dim -> Call.fromFront(dim, c.rank(x)))
                .toArray();
        return c.op(
                "Slice",
                x,
                c.longs(all(-1, dims)),
                c.longs(all(Long.MIN_VALUE + 1, dims)),
                c.longs(dims),
                c.longs(all(-1, dims)));
    }

    private static long[] all(long value, long[] like) {
        return LongStream.of(like).map(each -> value).toArray();
    }

    private static Named roll(Call c) {
        Named x = c.tensor("self");
        long[] shifts = c.integers("shifts");
        long[] dims = c.has("dims") ? c.integers("dims") : new long[0];
        if (dims.length == 0) {
            Named flat = roll(c, c.op("Reshape", x, c.longs(-1)).ofRank(1), 0, shifts[0]);
            return c.op("Reshape", flat, c.shape(x));
        }
        for (int i = 0; i < dims.length; i++) {
            x = roll(c, x, Call.fromFront(dims[i], c.rank(x)), shifts[i]);
        }
        return x;
    }

    /** The end before the beginning. */
    private static Named roll(Call c, Named x, int dim, long shift) {
        Long size = x.shape() == null ? null : x.shape().get(dim);
        long by = size == null || size == 0 ? shift : Math.floorMod(shift, size);
        if (by == 0) {
            return x;
        }
        Named tail = PartRules.slice(c, x, dim, Item.of(-by), Item.NONE, 1);
        Named head = PartRules.slice(c, x, dim, Item.NONE, Item.of(-by), 1);
        return c.node("Concat", tail, head).with("axis", dim).get().ofShape(x.shape());
    }

    // ---- grids and repetition

    private static Item meshgrid(Call c) {
        List<Named> rows = c.tensors("tensors");
        int count = rows.size();
        boolean swapped = c.has("indexing") && c.text("indexing").equals("xy") && count > 1;
        List<Item> sizes = new ArrayList<>();
        rows.forEach(row -> sizes.add(c.rank(row) == 0 ? Item.of(1L) : c.size(row, 0)));
        if (swapped) {
            Collections.swap(sizes, 0, 1);
        }
        List<Item> grids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int place = swapped && i < 2 ? 1 - i : i;
            long[] shape = new long[count];
            Arrays.fill(shape, 1);
            shape[place] = -1;
            grids.add(expand(c, c.op("Reshape", rows.get(i), c.longs(shape)).ofRank(count), sizes));
        }
        return new Items(grids);
    }

    /** Each element several times, one after the other. */
    private static Named repeatInterleave(Call c) {
        if (!c.isKnown("repeats") || c.known(c.item("repeats")) instanceof Tensor each && each.numel() != 1) {
            throw c.unsupported("repeats each element as often as another tensor says");
        }
        long times = c.integer("repeats");
        Named x = c.tensor("self");
        boolean flat = !c.has("dim");
        Named row = flat ? c.op("Reshape", x, c.longs(-1)).ofRank(1) : x;
        int dim = flat ? 0 : c.dim("dim", x);
        List<Item> sizes = new ArrayList<>();
        for (int i = 0; i < row.rank(); i++) {
            sizes.add(i == dim ? Item.of(-1L) : c.size(row, i));
        }
        List<Item> expanded = new ArrayList<>(Collections.nCopies(row.rank() + 1, Item.of(1L)));
        expanded.set(dim + 1, Item.of(times));
        Named repeated = c.op("Expand", unsqueeze(c, row, dim + 1), c.row(expanded));
        return c.op("Reshape", repeated, c.row(sizes));
    }
}
