package org.torchbridge.onnx.importer;

import java.util.Arrays;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** Elements and slices written to, or taken from, places that tensors of indices name. */
final class ScatterRules {
    private ScatterRules() {}

    static void register(Registry r) {
        r.rule("Scatter", 9, ScatterRules::scatterElements);
        r.rule("ScatterElements", 11, ScatterRules::scatterElements);
        r.rule("ScatterND", 11, ScatterRules::scatterNd);
        r.rule("GatherND", 11, ScatterRules::gatherNd);
        r.rule("TensorScatter", 24, ScatterRules::tensorScatter);
        r.rule("Compress", 9, ScatterRules::compress);
    }

    private static Value scatterElements(OnnxNode node, Conversion c) {
        long axis = node.integer("axis", 0);
        String reduction = node.text("reduction", "none");
        Value x = node.tensor(0);
        Value indices = c.op("aten::remainder", c.cast(node.tensor(1), DType.INT64), c.size(x, axis));
        Value updates = node.tensor(2);
        Value result = reduction.equals("none")
                ? c.op("aten::scatter", x, axis, indices, updates)
                : c.op("aten::scatter_reduce", x, axis, indices, updates, reduce(node, reduction), true);
        return c.known(result, Conversion.dtype(x), node.rank(0));
    }

    private static String reduce(OnnxNode node, String reduction) {
        return switch (reduction) {
            case "add" -> "sum";
            case "mul" -> "prod";
            case "max" -> "amax";
            case "min" -> "amin";
            default -> throw node.unsupported("reduction " + reduction);
        };
    }

    /** A stretch along the axis is replaced, which begins at a place of its own in each sample, and may go on at the front. */
    private static Value tensorScatter(OnnxNode node, Conversion c) {
        long axis = node.integer("axis", -2);
        boolean circular = node.oneOf("mode", "linear", "circular").equals("circular");
        Value cache = node.tensor(0);
        Value update = node.tensor(1);
        int rank = node.knownRank(0);
        Value steps = c.op("aten::arange", 0L, c.size(update, axis), 1L, DType.INT64, null, c.device(), null);
        Value places = c.op("aten::reshape", steps, along(rank, (int) Math.floorMod(axis, (long) rank)));
        if (node.has(2)) {
            places = c.op("aten::add", places, c.op("aten::reshape", node.tensor(2), along(rank, 0)));
        }
        Value kept = circular ? c.op("aten::remainder", places, c.size(cache, axis)) : places;
        return c.op("aten::scatter", cache, axis, c.op("aten::expand_as", kept, update), update);
    }

    /** The sizes of a row that lies along one dimension. */
    private static long[] along(int rank, int dim) {
        long[] sizes = Padding.all(rank, 1);
        sizes[dim] = -1;
        return sizes;
    }

    /** The last dimension of the indices names a place in the first dimensions of the data, which become one. */
    private static Value scatterNd(OnnxNode node, Conversion c) {
        String reduction = node.text("reduction", "none");
        Value x = node.tensor(0);
        Value updates = node.tensor(2);
        Value indices = c.cast(node.tensor(1), DType.INT64);
        Value rows = rows(c, x, indices);
        Value places = places(c, x, indices);
        Value result = reduction.equals("none")
                ? c.op("aten::index_put", rows, c.list(List.of(places)), updates, false)
                : reduced(c, rows, places, updates, reduce(node, reduction));
        return c.known(c.op("aten::view_as", result, x), Conversion.dtype(x), node.rank(0));
    }

    /** The data with one dimension in the place of those that the indices name. */
    private static Value rows(Conversion c, Value x, Value indices) {
        Value rest = c.op("aten::slice", c.op("aten::size", x), c.size(indices, -1), null, 1L);
        return c.op("aten::reshape", x, c.op("aten::add", c.list(List.of(-1L)), rest));
    }

    /** The numbers of those rows: indices times the strides of the named dimensions, the last of which is one. */
    private static Value places(Conversion c, Value x, Value indices) {
        Value named = c.op("aten::slice", c.op("aten::size", x), 0L, c.size(indices, -1), 1L);
        Value sizes = c.op("aten::tensor", named, DType.INT64, c.device(), false);
        Value inner = c.op(
                "aten::flip", c.op("aten::cumprod", c.op("aten::flip", sizes, new long[] {0}), 0L), new long[] {0});
        Value one = c.op("aten::ones", new long[] {1}, DType.INT64, null, c.device());
        Value strides = c.op("aten::cat", c.list(List.of(c.op("aten::slice", inner, 0L, 1L, null, 1L), one)), 0L);
        Value positive = c.op("aten::remainder", indices, sizes);
        return c.op("aten::sum", c.op("aten::mul", positive, strides), new long[] {-1}, false);
    }

    private static Value reduced(Conversion c, Value rows, Value places, Value updates, String reduce) {
        Value matrix = c.op("aten::reshape", rows, c.list(List.of(c.size(rows, 0), -1L)));
        Value place = c.op("aten::flatten", places, 0L, -1L);
        Value many = c.op("aten::reshape", updates, c.list(List.of(c.size(place, 0), -1L)));
        Value spread = c.op("aten::expand_as", c.op("aten::unsqueeze", place, 1L), many);
        return c.op("aten::scatter_reduce", matrix, 0L, spread, many, reduce, true);
    }

    private static Value gatherNd(OnnxNode node, Conversion c) {
        long batch = node.integer("batch_dims", 0);
        Value x = node.tensor(0);
        Value indices = c.cast(node.tensor(1), DType.INT64);
        if (batch == 0) {
            return gathered(c, x, indices);
        }
        Value data = batch == 1 ? x : c.op("aten::flatten", x, 0L, batch - 1);
        Value own = batch == 1 ? indices : c.op("aten::flatten", indices, 0L, batch - 1);
        Value result = gathered(c, data, withBatch(c, own, node.knownRank(1) - batch + 1));
        Value outer = c.op("aten::slice", c.op("aten::size", x), 0L, batch, 1L);
        Value inner = c.op("aten::slice", c.op("aten::size", result), 1L, null, 1L);
        return c.op("aten::reshape", result, c.op("aten::add", outer, inner));
    }

    private static Value gathered(Conversion c, Value x, Value indices) {
        return c.op("aten::index", rows(c, x, indices), c.list(List.of(places(c, x, indices))));
    }

    /** The indices with the number of their batch entry before them. */
    private static Value withBatch(Conversion c, Value indices, long rank) {
        Value numbers = c.op("aten::arange", 0L, c.size(indices, 0), 1L, DType.INT64, null, c.device(), null);
        long[] shape = new long[(int) rank];
        Arrays.fill(shape, 1);
        shape[0] = -1;
        Value spread = c.op(
                "aten::expand_as",
                c.op("aten::reshape", numbers, shape),
                c.op("aten::slice", indices, -1L, 0L, 1L, 1L));
        return c.op("aten::cat", c.list(List.of(spread, indices)), -1L);
    }

    private static Value compress(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        boolean flat = !node.hasAttribute("axis");
        long axis = flat ? 0 : node.integer("axis");
        Value condition = c.cast(node.tensor(1), DType.BOOL);
        Value data = flat ? c.op("aten::flatten", x, 0L, -1L) : x;
        Value places = c.op("aten::flatten", c.op("aten::nonzero", condition), 0L, -1L);
        return c.known(c.op("aten::index_select", data, axis, places), Conversion.dtype(x), flat ? 1 : node.rank(0));
    }
}
