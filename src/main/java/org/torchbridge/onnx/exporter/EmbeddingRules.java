package org.torchbridge.onnx.exporter;

import java.util.Arrays;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** Rows of tables, one by one and bag by bag. */
final class EmbeddingRules {
    private static final int SUM = 0;
    private static final int MEAN = 1;
    private static final double LEAST_LENGTH = 1e-7;

    private EmbeddingRules() {}

    static void register(Rules r) {
        r.rule("aten::embedding", c -> c.op("Gather", c.tensor("weight"), c.tensor("indices")));
        r.rule("aten::embedding_renorm_", EmbeddingRules::shortened);
        r.many("aten::embedding_bag", EmbeddingRules::bags);
    }

    /**
     * Rows that are longer than {@code max_norm} count as what is left when they are shortened. PyTorch writes that into the
     * table, for the rows that are looked up; here what is looked up later is looked up in a table of shortened rows.
     */
    private static Named shortened(Call c) {
        Named table = c.tensor("self");
        double most = c.real("max_norm");
        Named lengths = ReductionRules.norm(c, table, c.real("norm_type"), new long[] {1}, true);
        Named factor = c.op("Div", c.scalar(most, c.dtype(table)), ElementwiseRules.plus(c, lengths, LEAST_LENGTH));
        Named longer = c.node("Greater", lengths, c.scalar(most, c.dtype(table)))
                .as(DType.BOOL)
                .get();
        Named one = c.scalar(1.0, c.dtype(table));
        Named factors = c.node("Where", longer, factor, one).as(table.dtype()).get();
        Named result = c.op("Mul", table, factors).ofShape(table.shape());
        Value name = c.node().input(0);
        c.exporter().put(name, result);
        while (name.producer().is("aten::detach")) {
            name = name.producer().input(0);
            c.exporter().put(name, result);
        }
        return result;
    }

    // ---- bags

    private static List<Item> bags(Call c) {
        for (int i = 1; i < c.results(); i++) {
            if (c.output(i).isUsed()) {
                throw c.unsupported("says which bag an index is in, or how many there are");
            }
        }
        Named member = members(c);
        Named rows = c.op("Gather", c.tensor("weight"), c.tensor("indices")).ofRank(2);
        Named result =
                switch ((int) c.integer("mode", SUM)) {
                    case SUM -> c.op("MatMul", c.cast(member, c.dtype(rows)), weighted(c, rows));
                    case MEAN -> mean(c, c.cast(member, c.dtype(rows)), rows);
                    default -> maximum(c, member, rows);
                };
        return Arrays.asList(result, Item.NONE, Item.NONE, Item.NONE);
    }

    private static Named weighted(Call c, Named rows) {
        return c.has("per_sample_weights")
                ? c.op("Mul", rows, LayoutRules.unsqueeze(c, c.tensor("per_sample_weights"), 1))
                : rows;
    }

    private static Named mean(Call c, Named member, Named rows) {
        Named counts = ReductionRules.over(c, "ReduceSum", member, new long[] {1}, true);
        Named divisors = c.op("Max", counts, c.scalar(1.0, c.dtype(rows)));
        return c.op("Div", c.op("MatMul", member, rows), divisors);
    }

    /** What is in no bag counts as less than anything; a bag with nothing in it gives zeros. */
    private static Named maximum(Call c, Named member, Named rows) {
        DType dtype = c.dtype(rows);
        Named candidates = c.node(
                        "Where", LayoutRules.unsqueeze(c, member, 2), rows, c.scalar(Double.NEGATIVE_INFINITY, dtype))
                .as(dtype)
                .get()
                .ofRank(3);
        Named largest = ReductionRules.over(c, "ReduceMax", candidates, new long[] {1}, false);
        Named filled = c.cast(
                ReductionRules.over(c, "ReduceMax", c.cast(member, DType.INT32), new long[] {1}, true), DType.BOOL);
        return c.node("Where", filled, largest, c.scalar(0.0, dtype)).as(dtype).get();
    }

    /** Which index is in which bag, {@code (bags, indices)}: from the bag's offset on, and before the next one's. */
    private static Named members(Call c) {
        Named indices = c.cast(c.item("indices"), DType.INT64);
        Named offsets = c.cast(c.item("offsets"), DType.INT64).ofRank(1);
        Named count = c.named(c.size(indices.ofShape(c.tensor("indices").shape()), 0));
        Named places = c.op("Range", c.scalar(0L), count, c.scalar(1L)).ofRank(1);
        boolean last = c.flag("include_last_offset");
        Named starts = last ? PartRules.slice(c, offsets, 0, Item.NONE, Item.of(-1L), 1) : offsets;
        Named later = PartRules.slice(c, offsets, 0, Item.of(1L), Item.NONE, 1);
        Named ends = last
                ? later
                : c.node("Concat", later, c.op("Reshape", count, c.longs(1)))
                        .with("axis", 0)
                        .get()
                        .ofRank(1);
        Named begun = c.node("GreaterOrEqual", places, LayoutRules.unsqueeze(c, starts, 1))
                .as(DType.BOOL)
                .get();
        Named open = c.node("Less", places, LayoutRules.unsqueeze(c, ends, 1))
                .as(DType.BOOL)
                .get();
        return withoutPadding(c, indices, c.op("And", begun, open)).ofRank(2);
    }

    private static Named withoutPadding(Call c, Named indices, Named member) {
        if (!c.has("padding_idx")) {
            return member;
        }
        long padding = c.integer("padding_idx");
        Item row = padding < 0 ? NumberRules.plus(c, c.size(c.tensor("weight"), 0), padding) : new Known(padding);
        return c.op(
                "And",
                member,
                c.op(
                        "Not",
                        c.node("Equal", indices, c.named(row)).as(DType.BOOL).get()));
    }
}
