package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Other shapes for the same elements: reshaped, in another order, joined and split. */
final class LayoutRules {
    private LayoutRules() {}

    static void register(Registry r) {
        r.rule("Reshape", 1, LayoutRules::reshape);
        r.rule("Flatten", 1, LayoutRules::flatten);
        r.rule("Transpose", 1, LayoutRules::transpose);
        r.rule("Squeeze", 1, LayoutRules::squeeze);
        r.rule("Unsqueeze", 1, LayoutRules::unsqueeze);
        for (String operator : List.of("Squeeze", "Unsqueeze")) {
            r.limit(operator, "axes whose number is not known before a run");
        }
        r.rule("Expand", 8, LayoutRules::expand);
        r.rule("Concat", 4, LayoutRules::concat);
        r.many("Split", 1, LayoutRules::split);
        r.rule("Tile", 6, LayoutRules::tile);
    }

    private static Value reshape(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        Numbers shape = node.numbers(1, "shape");
        boolean zerosCount = node.flag("allowzero", false);
        if (shape == null) {
            throw node.broken("has no shape");
        }
        if (zerosCount) {
            return c.op("aten::reshape", x, shape);
        }
        boolean computed = node.has(1) && node.isComputed(1);
        if (!shape.hasElements()) {
            return c.op("aten::reshape", x, computed ? wanted(c, x, shape.whole()) : shape);
        }
        List<Object> sizes = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            sizes.add(size(c, x, i, shape.get(i), computed));
        }
        return c.op("aten::reshape", x, Numbers.row(sizes));
    }

    /** The sizes of a list of which not even the length is known, with those of {@code x} where they are 0. */
    private static Value wanted(Conversion c, Value x, Value shape) {
        Value none = c.list(Type.INT, List.of());
        return c.loop(c.op("aten::len", shape), true, List.of(none), turn -> {
                    Value wanted = c.op("aten::__getitem__", shape, turn.get(0));
                    Value size = c.ifElse(
                                    c.op("aten::eq", wanted, 0L),
                                    () -> List.of(c.op("aten::size", x, turn.get(0))),
                                    () -> List.of(wanted))
                            .get(0);
                    return List.of(c.constant(true), c.op("aten::add", turn.get(1), c.list(Type.INT, List.of(size))));
                })
                .get(0);
    }

    /** A size of 0 stands for that of {@code x}; one that the program computes from sizes is never meant so. */
    private static Object size(Conversion c, Value x, int dim, Object wanted, boolean computed) {
        if (wanted.equals(0L)) {
            return c.size(x, dim);
        }
        return !computed || wanted instanceof Long || Conversion.rank(x) >= 0 && dim >= Conversion.rank(x)
                ? wanted
                : c.ifElse(
                                c.op("aten::eq", wanted, 0L),
                                () -> List.of(c.constant(c.size(x, dim))),
                                () -> List.of(c.constant(wanted)))
                        .get(0);
    }

    private static Value flatten(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        long axis = node.integer("axis", 1);
        int rank = node.rank(0);
        if (axis == 1 && rank != 0 && rank != 1) {
            return c.known(c.op("aten::flatten", x, 1L, -1L), Conversion.dtype(x), 2);
        }
        int at = (int) (axis < 0 ? axis + node.knownRank(0) : axis);
        if (at == 0) {
            return c.op("aten::reshape", x, Numbers.row(1, -1));
        }
        Numbers sizes = c.sizes(x);
        Object rows = product(c, sizes.elements().subList(0, at));
        Object columns = product(c, sizes.elements().subList(at, sizes.size()));
        return c.op("aten::reshape", x, Numbers.row(List.of(rows, columns)));
    }

    private static Object product(Conversion c, List<Object> sizes) {
        return sizes.stream().reduce(1L, (a, b) -> c.integer("mul", a, b));
    }

    private static Value transpose(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        long[] order = node.integers("perm");
        if (order == null && node.rank(0) < 0) {
            return c.op("aten::numpy_T", x);
        }
        return c.op("aten::permute", x, order == null ? reversed(node.rank(0)) : order);
    }

    private static long[] reversed(int rank) {
        long[] order = new long[rank];
        Arrays.setAll(order, i -> rank - 1 - i);
        return order;
    }

    private static Value squeeze(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        Numbers axes = node.numbers(1, "axes");
        if (axes == null) {
            return c.op("aten::squeeze", x);
        }
        List<Object> sorted = Axes.sorted(node, c, x, axes, node.rank(0));
        for (int i = 0; i < sorted.size(); i++) {
            x = c.op("aten::squeeze", x, sorted.get(Axes.areNegative(sorted) ? i : sorted.size() - 1 - i));
        }
        int rank = node.rank(0) - sorted.size();
        return Conversion.rank(x) < 0 && rank >= 0 ? c.known(x, Conversion.dtype(x), rank) : x;
    }

    private static Value unsqueeze(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        Numbers axes = node.numbers(1, "axes");
        if (axes == null) {
            throw node.broken("has no axes");
        }
        int rank = node.rank(0) < 0 || !axes.hasElements() ? -1 : node.rank(0) + axes.size();
        List<Object> sorted = Axes.sorted(node, c, x, axes, rank);
        for (int i = 0; i < sorted.size(); i++) {
            x = c.op("aten::unsqueeze", x, sorted.get(Axes.areNegative(sorted) ? sorted.size() - 1 - i : i));
        }
        return x;
    }

    private static Value expand(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        Numbers shape = node.numbers(1);
        int rank = node.rank(0);
        if (!shape.hasElements() || rank < 0) {
            Value target = c.op("aten::expand", c.op("aten::empty", new long[] {1}), shape);
            Value both = c.op("aten::broadcast_tensors", c.list(List.of(x, target)));
            return c.known(c.unpack(both, 2).get(0), Conversion.dtype(x), -1);
        }
        List<Object> sizes = new ArrayList<>();
        int results = Math.max(rank, shape.size());
        for (int i = 0; i < results; i++) {
            int dim = i - (results - rank);
            int at = i - (results - shape.size());
            Object wanted = at < 0 ? (Object) 1L : shape.get(at);
            sizes.add(dim < 0 ? wanted : expanded(c, x, dim, wanted));
        }
        return c.op("aten::expand", x, Numbers.row(sizes));
    }

    /** The size after an expansion, which is that of {@code x} where the other one is 1. */
    private static Object expanded(Conversion c, Value x, int dim, Object wanted) {
        if (wanted.equals(1L)) {
            return -1L;
        }
        return wanted instanceof Long ? wanted : c.integer("max", c.size(x, dim), wanted);
    }

    private static Value concat(OnnxNode node, Conversion c) {
        return c.op("aten::cat", c.list(Type.TENSOR, node.tensors()), node.integer("axis"));
    }

    private static List<@Nullable Value> split(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        long axis = node.integer("axis", 0);
        Numbers sizes = node.numbers(1, "split");
        node.ignore("num_outputs");
        Value parts = sizes == null
                ? c.op("aten::chunk", x, (long) node.outputs(), axis)
                : c.op("aten::split_with_sizes", x, sizes, axis);
        List<Value> values = c.unpack(parts, node.outputs());
        values.forEach(value -> c.known(value, Conversion.dtype(x), Conversion.rank(x)));
        return new ArrayList<>(values);
    }

    private static Value tile(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        return c.known(c.op("aten::repeat", x, node.numbers(1)), Conversion.dtype(x), Conversion.rank(x));
    }
}
