package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** Elements that are put to places along a dimension. */
final class ScatterRules {
    private ScatterRules() {}

    static void register(Rules r) {
        r.rule("aten::scatter", ScatterRules::scatter);
        r.rule("aten::scatter_add", 16, c -> scatterElements(c, c.tensor("src"), "add"));
        r.rule("aten::index_copy", c -> scatterRows(c, c.tensor("source"), ""));
        r.rule("aten::index_add", 16, c -> scatterRows(c, c.tensor("source"), "add"));
        r.rule("aten::index_fill", ScatterRules::fillRows);
        r.rule("aten::slice_scatter", ScatterRules::sliceScatter);
        r.rule("aten::select_scatter", ScatterRules::selectScatter);
    }

    private static Named scatter(Call c) {
        Named index = c.tensor("index");
        String reduction = c.has("reduce") ? c.text("reduce") : "";
        Named source = c.has("src")
                ? c.tensor("src")
                : c.op("Expand", c.cast(c.item("value"), c.dtype(c.tensor("self"))), c.shape(index));
        return scatterElements(c, source, reduction.equals("multiply") ? "mul" : reduction);
    }

    /** PyTorch's source may be larger than the index; only its beginning counts. */
    private static Named scatterElements(Call c, Named source, String reduction) {
        Named x = c.tensor("self");
        Named index = c.tensor("index");
        Named begin = source;
        if (!Objects.equals(source.shape(), index.shape()) || source.shape() == null) {
            long[] zeros = new long[c.rank(index)];
            begin = c.op("Slice", source, c.longs(zeros), c.shape(index));
        }
        NodeWriter node = c.node("ScatterElements", x, index, begin).with("axis", c.dim("dim", x));
        return (reduction.isEmpty() ? node : node.with("reduction", reduction)).get();
    }

    /** Puts what {@code source} has along a dimension to the places that the index says. */
    private static Named scatterRows(Call c, Named source, String reduction) {
        Named x = c.tensor("self");
        int dim = c.dim("dim", x);
        Named index = c.tensor("index");
        if (c.rank(x) == 0) {
            return source;
        }
        Named updates = c.has("alpha") && c.real("alpha") != 1
                ? c.op("Mul", source, c.cast(c.item("alpha"), c.dtype(source)))
                : source;
        Named places = c.op("Reshape", index, c.longs(alone(c, x, dim)));
        NodeWriter node = c.node("ScatterElements", x, c.op("Expand", places, c.shape(source)), updates)
                .with("axis", dim);
        return (reduction.isEmpty() ? node : node.with("reduction", reduction)).get();
    }

    private static Named fillRows(Call c) {
        Named x = c.tensor("self");
        int dim = c.dim("dim", x);
        List<Item> sizes = new ArrayList<>();
        for (int i = 0; i < c.rank(x); i++) {
            sizes.add(i == dim ? c.size(row(c, c.tensor("index")), 0) : c.size(x, i));
        }
        Named value = c.cast(c.item("value"), c.dtype(x));
        return scatterRows(c, c.op("Expand", value, c.row(sizes)).ofRank(c.rank(x)), "");
    }

    private static Named row(Call c, Named index) {
        return c.rank(index) == 1 ? index : LayoutRules.unsqueeze(c, index, 0);
    }

    /** The shape of a row that lies along a dimension of a tensor. */
    private static long[] alone(Call c, Named x, int dim) {
        long[] shape = new long[c.rank(x)];
        Arrays.fill(shape, 1);
        shape[dim] = -1;
        return shape;
    }

    // ---- parts

    /** The places from {@code start} to {@code end} in steps, as a row. */
    private static Named range(Call c, Named x, int dim) {
        Named all = c.op("Range", c.scalar(0L), c.named(c.size(x, dim)), c.scalar(1L))
                .ofRank(1);
        return PartRules.slice(c, all, 0, c.item("start"), c.item("end"), c.integer("step", 1));
    }

    private static Named sliceScatter(Call c) {
        Named x = c.tensor("self");
        int dim = c.dim("dim", x);
        Named source = c.cast(c.item("src"), c.dtype(x));
        Named places = c.op("Reshape", range(c, x, dim), c.longs(alone(c, x, dim)));
        Named index = c.op("Expand", places, c.shape(source));
        return c.node("ScatterElements", x, index, source).with("axis", dim).get();
    }

    private static Named selectScatter(Call c) {
        Named x = c.tensor("self");
        int dim = c.dim("dim", x);
        Named source = LayoutRules.unsqueeze(c, c.cast(c.item("src"), c.dtype(x)), dim);
        Named place = c.named(c.item("index"));
        if (c.known(c.item("index")) instanceof Long index && index < 0) {
            place = c.named(
                    c.size(x, dim) instanceof Known known
                            ? Item.of((Long) known.value() + index)
                            : NumberRules.arithmetic(c, "Add", c.size(x, dim), Item.of(index)));
        }
        long[] ones = new long[c.rank(x)];
        Arrays.fill(ones, 1);
        Named index = c.op(
                "Expand",
                c.op("Reshape", place, c.longs(ones)),
                c.node("Shape", source).as(DType.INT64).get());
        return c.node("ScatterElements", x, index, source).with("axis", dim).get();
    }
}
