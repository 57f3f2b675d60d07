package org.torchbridge.onnx.importer;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** Sums, means, norms and extremes over dimensions, and the softmaxes. */
final class ReductionRules {
    private ReductionRules() {}

    /** Reduces over dimensions, with {@code keepdim}; null dimensions are all. */
    private interface Reduction {
        Value write(Conversion c, Value x, @Nullable Object dims, boolean keep);
    }

    static void register(Registry r) {
        reduction(r, "ReduceSum", ReductionRules::sum);
        reduction(r, "ReduceMean", ReductionRules::mean);
        reduction(r, "ReduceMax", (c, x, dims, keep) -> extreme(c, "aten::amax", x, dims, keep));
        reduction(r, "ReduceMin", (c, x, dims, keep) -> extreme(c, "aten::amin", x, dims, keep));
        r.rule("ReduceMax", 18, (node, c) -> reduce(node, c, orNone("aten::amax")));
        r.rule("ReduceMin", 18, (node, c) -> reduce(node, c, orNone("aten::amin")));
        reduction(r, "ReduceL1", (c, x, dims, keep) -> sum(c, c.op("aten::abs", x), dims, keep));
        reduction(
                r,
                "ReduceL2",
                (c, x, dims, keep) -> likeInput(c, x, y -> c.op("aten::sqrt", sumSquare(c, y, dims, keep))));
        reduction(r, "ReduceSumSquare", ReductionRules::sumSquare);
        reduction(
                r,
                "ReduceLogSum",
                (c, x, dims, keep) -> likeInput(c, x, y -> c.op("aten::log", sum(c, y, dims, keep))));
        reduction(r, "ReduceLogSumExp", (c, x, dims, keep) -> likeInput(c, x, y -> logSumExp(c, y, dims, keep)));
        r.rule("ReduceProd", 1, ReductionRules::product);
        r.rule("ArgMax", 1, (node, c) -> position(node, c, "aten::argmax"));
        r.rule("ArgMin", 1, (node, c) -> position(node, c, "aten::argmin"));
        r.rule("Softmax", 1, (node, c) -> overTheRest(node, c, "aten::softmax"));
        r.rule("Softmax", 13, (node, c) -> alongAxis(node, c, "aten::softmax"));
        r.rule("LogSoftmax", 1, (node, c) -> overTheRest(node, c, "aten::log_softmax"));
        r.rule("LogSoftmax", 13, (node, c) -> alongAxis(node, c, "aten::log_softmax"));
        r.rule("Hardmax", 1, (node, c) -> flattened(node, c, x -> hardmax(c, x, 1)));
        r.rule("Hardmax", 13, (node, c) -> hardmax(c, node.tensor(0), node.integer("axis", -1)));
    }

    private static void reduction(Registry r, String operator, Reduction reduction) {
        r.rule(operator, 1, (node, c) -> reduce(node, c, reduction));
    }

    private static Value reduce(OnnxNode node, Conversion c, Reduction reduction) {
        Numbers axes = node.numbers(1, "axes");
        boolean keep = node.flag("keepdims", true);
        boolean nothing = node.flag("noop_with_empty_axes", false);
        Value x = node.tensor(0);
        boolean all = axes == null || axes.hasElements() && axes.size() == 0;
        if (all && nothing) {
            // Nothing is reduced; what the operator does to the elements is done all the same.
            return node.operator().matches("ReduceSum|ReduceMean|ReduceMax|ReduceMin|ReduceProd")
                    ? x
                    : c.op(
                            "aten::squeeze",
                            reduction.write(c, c.op("aten::unsqueeze", x, 0L), new long[] {0}, false),
                            0L);
        }
        if (!all || !keep) {
            return reduction.write(c, x, all ? null : axes, keep);
        }
        return reduction.write(c, x, everyAxis(node.knownRank(0)), true);
    }

    private static long[] everyAxis(int rank) {
        long[] axes = new long[rank];
        for (int i = 0; i < rank; i++) {
            axes[i] = i;
        }
        return axes;
    }

    private static Object dims(@Nullable Object dims) {
        return dims == null ? new long[0] : dims;
    }

    private static Value sum(Conversion c, Value x, @Nullable Object dims, boolean keep) {
        return c.op("aten::sum", x, dims(dims), keep, Conversion.dtype(x));
    }

    private static Value sumSquare(Conversion c, Value x, @Nullable Object dims, boolean keep) {
        return sum(c, c.op("aten::mul", x, x), dims, keep);
    }

    private static Value mean(Conversion c, Value x, @Nullable Object dims, boolean keep) {
        return likeInput(c, x, y -> c.op("aten::mean", y, dims(dims), keep));
    }

    private static Value extreme(Conversion c, String kind, Value x, @Nullable Object dims, boolean keep) {
        if (Conversion.dtype(x) == DType.BOOL) {
            return c.cast(c.op(kind, c.cast(x, DType.UINT8), dims(dims), keep), DType.BOOL);
        }
        return c.op(kind, x, dims(dims), keep);
    }

    /** Over nothing, which libtorch refuses, it is what no element of the type is beyond. */
    private static Value extremeOrNone(Conversion c, String kind, Value x, @Nullable Object dims, boolean keep) {
        DType dtype = Conversion.dtype(x);
        if (dtype == null || isFilled(x)) {
            return extreme(c, kind, x, dims, keep);
        }
        Object beyond = kind.equals("aten::amax") ? Extremes.smallest(dtype) : Extremes.largest(dtype);
        return c.ifElse(
                        c.op("aten::eq", c.op("aten::numel", x), 0L),
                        () -> List.of(c.op("aten::full_like", c.op("aten::sum", x, dims(dims), keep, dtype), beyond)),
                        () -> List.of(extreme(c, kind, x, dims, keep)))
                .get(0);
    }

    private static Reduction orNone(String kind) {
        return (c, x, dims, keep) -> extremeOrNone(c, kind, x, dims, keep);
    }

    private static boolean isFilled(Value x) {
        List<@Nullable Long> shape = Conversion.type(x).shape();
        return shape != null && shape.stream().allMatch(size -> size != null && size > 0);
    }

    private static Value logSumExp(Conversion c, Value x, @Nullable Object dims, boolean keep) {
        return dims == null
                ? c.op("aten::logsumexp", c.op("aten::flatten", x, 0L, -1L), new long[] {0}, false)
                : c.op("aten::logsumexp", x, dims, keep);
    }

    /** Computes in floating point; the result has the type of the input. */
    private static Value likeInput(Conversion c, Value x, UnaryOperator<Value> computation) {
        DType dtype = Conversion.dtype(x);
        if (dtype == null || dtype.isFloatingPoint()) {
            return computation.apply(x);
        }
        return c.cast(computation.apply(c.cast(x, DType.FLOAT64)), dtype);
    }

    /** libtorch multiplies along one dimension at a time. */
    private static Value product(OnnxNode node, Conversion c) {
        Numbers axes = node.numbers(1, "axes");
        boolean keep = node.flag("keepdims", true);
        boolean nothing = node.flag("noop_with_empty_axes", false);
        Value x = node.tensor(0);
        DType dtype = node.dtype(0);
        if (axes == null || axes.hasElements() && axes.size() == 0) {
            if (nothing) {
                return x;
            }
            Value all = c.op("aten::prod", c.op("aten::flatten", x, 0L, -1L), 0L, false, dtype);
            return keep ? c.op("aten::reshape", all, Padding.all(node.knownRank(0), 1)) : all;
        }
        Value product = c.known(products(c, x, axes, dtype), dtype, node.rank(0));
        // Along a dimension of one element, a sum only takes the dimension away.
        return keep ? product : sum(c, product, axes, false);
    }

    private static Value products(Conversion c, Value x, Numbers axes, @Nullable DType dtype) {
        if (!axes.hasElements()) {
            Value count = c.op("aten::len", axes.whole());
            return c.loop(count, true, List.of(x), turn -> {
                        Value axis = c.op("aten::__getitem__", axes.whole(), turn.get(0));
                        return List.of(c.constant(true), c.op("aten::prod", turn.get(1), axis, true, dtype));
                    })
                    .get(0);
        }
        Value product = x;
        for (Object axis : axes.elements()) {
            product = c.op("aten::prod", product, axis, true, dtype);
        }
        return product;
    }

    private static Value position(OnnxNode node, Conversion c, String kind) {
        long axis = node.integer("axis", 0);
        boolean keep = node.flag("keepdims", true);
        Value x = node.tensor(0);
        if (!node.flag("select_last_index", false)) {
            return c.op(kind, x, axis, keep);
        }
        Value fromTheEnd = c.op(kind, c.op("aten::flip", x, new long[] {axis}), axis, keep);
        return c.op("aten::rsub", fromTheEnd, c.integer("sub", c.size(x, axis), 1L));
    }

    // ---- softmax

    private static Value alongAxis(OnnxNode node, Conversion c, String kind) {
        return c.op(kind, node.tensor(0), node.integer("axis", -1));
    }

    private static Value overTheRest(OnnxNode node, Conversion c, String kind) {
        return flattened(node, c, x -> c.op(kind, x, 1L));
    }

    /** As up to version 12: what lies at and behind the axis is one dimension. */
    private static Value flattened(OnnxNode node, Conversion c, UnaryOperator<Value> computation) {
        long axis = node.integer("axis", 1);
        Value x = node.tensor(0);
        long first = axis < 0 ? axis + node.knownRank(0) : axis;
        Object rows = first == 0 ? 1L : c.integer("mul", sizes(c, x, 0, first));
        Value matrix = c.op("aten::reshape", x, c.list(List.of(rows, -1L)));
        return c.op("aten::view_as", computation.apply(matrix), x);
    }

    private static Object[] sizes(Conversion c, Value x, long from, long to) {
        Object[] sizes = new Object[(int) (to - from) + 1];
        sizes[0] = 1L;
        for (long i = from; i < to; i++) {
            sizes[(int) (i - from) + 1] = c.size(x, i);
        }
        return sizes;
    }

    private static Value hardmax(Conversion c, Value x, long axis) {
        Value largest = c.op("aten::argmax", x, axis, true);
        return c.op("aten::scatter", c.op("aten::zeros_like", x), axis, largest, 1.0);
    }
}
