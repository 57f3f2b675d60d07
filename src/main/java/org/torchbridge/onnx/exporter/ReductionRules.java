package org.torchbridge.onnx.exporter;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Named;

/** Sums, means, extremes and norms over dimensions, and what sorts along one. */
final class ReductionRules {
    private ReductionRules() {}

    static void register(Rules r) {
        r.rule("aten::sum", c -> reduce(c, "ReduceSum", summed(c)));
        r.rule("aten::mean", c -> reduce(c, "ReduceMean", typed(c)));
        r.rule("aten::prod", c -> reduce(c, "ReduceProd", summed(c)));
        r.rule("aten::amax", c -> reduce(c, "ReduceMax", c.tensor("self")));
        r.rule("aten::amin", c -> reduce(c, "ReduceMin", c.tensor("self")));
        r.many("aten::max", c -> extreme(c, "Max"));
        r.many("aten::min", c -> extreme(c, "Min"));
        r.rule("aten::argmax", c -> argument(c, "ArgMax"));
        r.rule("aten::argmin", c -> argument(c, "ArgMin"));
        r.rule("aten::logsumexp", c -> reduce(c, "ReduceLogSumExp", ElementwiseRules.real(c, "self")));
        r.rule("aten::all", c -> whether(c, "ReduceMin"));
        r.rule("aten::any", c -> whether(c, "ReduceMax"));
        r.rule("aten::var", c -> variance(c, c.tensor("self")));
        r.rule("aten::std", c -> c.op("Sqrt", variance(c, c.tensor("self"))));
        r.many(
                "aten::var_mean",
                c -> List.of(variance(c, c.tensor("self")), reduce(c, "ReduceMean", c.tensor("self"))));
        r.many(
                "aten::std_mean",
                c -> List.of(c.op("Sqrt", variance(c, c.tensor("self"))), reduce(c, "ReduceMean", c.tensor("self"))));
        r.rule("aten::norm", c -> norm(c, "p"));
        r.rule("aten::linalg_vector_norm", c -> norm(c, "ord"));
        r.rule("aten::frobenius_norm", c -> reduce(c, "ReduceL2", c.tensor("self")));
        r.rule("aten::cumsum", c -> c.op("CumSum", summed(c), c.scalar((long) c.dim("dim", c.tensor("self")))));
        r.many("aten::topk", ReductionRules::topK);
        r.many("aten::sort", ReductionRules::sort);
        r.rule("aten::argsort", c -> sort(c).get(1));
        r.rule(
                "aten::count_nonzero",
                c -> reduce(c, "ReduceSum", c.cast(c.cast(c.item("self"), DType.BOOL), DType.INT64)));
    }

    /** The argument, in the type that sums of it have. */
    private static Named summed(Call c) {
        Named x = typed(c);
        return c.dtype(x).isFloatingPoint() ? x : c.cast(x, DType.INT64);
    }

    private static Named typed(Call c) {
        DType wanted = c.dtype("dtype");
        return wanted == null ? c.tensor("self") : c.cast(c.item("self"), wanted);
    }

    // ---- over the dimensions that the call names

    private static Named reduce(Call c, String operator, Named x) {
        return over(c, operator, x, dims(c, x), c.flag("keepdim"));
    }

    /** The dimensions that {@code dim} names; null for all. */
    private static long @Nullable [] dims(Call c, Named x) {
        if (!c.has("dim")) {
            return null;
        }
        long[] dims = c.integers("dim");
        return dims.length == 0 ? null : fromFront(c, dims, x);
    }

    private static long[] fromFront(Call c, long[] dims, Named x) {
        long[] places = dims.clone();
        for (int i = 0; i < places.length; i++) {
            places[i] = places[i] < 0 && x.rank() >= 0 ? Call.fromFront(places[i], x.rank()) : places[i];
        }
        return places;
    }

    /** Axes are an attribute in older versions, for sums up to 12 and for the others up to 17, and an input later. */
    static Named over(Call c, String operator, Named x, long @Nullable [] axes, boolean keep) {
        if (x.rank() == 0) {
            return x;
        }
        boolean input = operator.equals("ReduceSum") || c.opset() >= 18;
        NodeWriter node = c.node(operator, x, axes != null && input ? c.longs(axes) : null)
                .with("keepdims", keep);
        return (axes == null || input ? node : node.with("axes", axes)).get();
    }

    private static Named whether(Call c, String operator) {
        Named flags = c.cast(c.cast(c.item("self"), DType.BOOL), DType.INT32);
        return c.cast(reduce(c, operator, flags), DType.BOOL);
    }

    // ---- extremes

    /** Of everything; along a dimension, with the places; or of two tensors. */
    private static List<Item> extreme(Call c, String operator) {
        if (c.takes("other")) {
            List<Named> operands = ElementwiseRules.operands(c);
            return List.of(c.op(operator, operands.get(0), operands.get(1)));
        }
        Named x = c.tensor("self");
        if (!c.has("dim")) {
            return List.of(over(c, "Reduce" + operator, x, null, false));
        }
        return List.of(reduce(c, "Reduce" + operator, x), argument(c, "Arg" + operator));
    }

    private static Named argument(Call c, String operator) {
        Named x = c.tensor("self");
        if (!c.has("dim")) {
            Named flat = c.op("Reshape", x, c.longs(-1));
            return c.node(operator, flat)
                    .with("axis", 0)
                    .with("keepdims", false)
                    .as(DType.INT64)
                    .get();
        }
        return c.node(operator, x)
                .with("axis", c.dim("dim", x))
                .with("keepdims", c.flag("keepdim"))
                .as(DType.INT64)
                .get();
    }

    // ---- variance and norms

    private static Named variance(Call c, Named x) {
        long[] dims = c.takes("dim") ? dims(c, x) : null;
        Named deviation = c.op("Sub", x, over(c, "ReduceMean", x, dims, true));
        Named mean = over(c, "ReduceMean", c.op("Mul", deviation, deviation), dims, c.flag("keepdim"));
        double correction =
                c.takes("correction") ? c.real("correction", 1) : c.has("unbiased") && !c.flag("unbiased") ? 0 : 1;
        if (correction == 0) {
            return mean;
        }
        Named count = c.cast(count(c, x, dims), c.dtype(x));
        return c.op("Mul", mean, c.op("Div", count, ElementwiseRules.plus(c, count, -correction)));
    }

    /** How many elements are taken together. */
    private static Item count(Call c, Named x, long @Nullable [] dims) {
        long[] all = dims == null ? IntStream.range(0, c.rank(x)).asLongStream().toArray() : dims;
        Item count = Item.of(1L);
        for (long dim : all) {
            count = NumberRules.times(c, count, c.size(x, Call.fromFront(dim, c.rank(x))));
        }
        return count;
    }

    private static Named norm(Call c, String order) {
        Named x = typed(c);
        return norm(c, x, c.real(order, 2), dims(c, x), c.flag("keepdim"));
    }

    /** The norm of order {@code p} over {@code axes}, or over all. */
    static Named norm(Call c, Named x, double p, long @Nullable [] axes, boolean keep) {
        if (p == 2) {
            return over(c, "ReduceL2", x, axes, keep);
        } else if (p == 1) {
            return over(c, "ReduceL1", x, axes, keep);
        } else if (p == 0) {
            Named others = c.cast(c.cast(x, DType.BOOL), c.dtype(x));
            return over(c, "ReduceSum", others, axes, keep);
        }
        Named sizes = c.op("Abs", x).ofShape(x.shape());
        if (Double.isInfinite(p)) {
            return over(c, p > 0 ? "ReduceMax" : "ReduceMin", sizes, axes, keep);
        }
        Named powers = c.op("Pow", sizes, c.scalar(p, c.dtype(x))).ofShape(x.shape());
        return c.op("Pow", over(c, "ReduceSum", powers, axes, keep), c.scalar(1 / p, c.dtype(x)));
    }

    // ---- along a dimension, in order

    private static List<Item> topK(Call c) {
        Named x = c.tensor("self");
        return top(c, x, c.row(c.numbers("k")), c.dim("dim", x), !c.has("largest") || c.flag("largest"));
    }

    private static List<Item> sort(Call c) {
        Named x = c.tensor("self");
        int dim = c.dim("dim", x);
        return top(c, x, c.row(List.of(c.size(x, dim))), dim, c.flag("descending"));
    }

    private static List<Item> top(Call c, Named x, Named count, int axis, boolean largest) {
        List<Named> results = c.node("TopK", x, count)
                .with("axis", axis)
                .with("largest", largest)
                .many(2);
        return List.of(results.get(0), results.get(1).as(DType.INT64));
    }
}
