package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;

/** Sizes, and the arithmetic that models do with them, on numbers instead of tensors. */
final class ShapeRules {
    private ShapeRules() {}

    static void register(Registry r) {
        r.rule("Shape", 1, ShapeRules::shape);
        r.rule("Size", 1, (node, c) -> c.op("aten::numel", node.tensor(0)));
        arithmetic(r, "Add", "add", "Sub", "sub", "Mul", "mul", "Min", "min", "Max", "max");
        r.numbers("Div", 7, ShapeRules::div);
        r.numbers("Mod", 10, ShapeRules::mod);
        compare(r, "Equal", "eq", "Less", "lt", "Greater", "gt", "LessOrEqual", "le", "GreaterOrEqual", "ge");
        r.numbers("Identity", 1, (node, c) -> node.numbers(0));
        r.numbers("Cast", 6, ShapeRules::cast);
        r.numbers("Gather", 1, ShapeRules::gather);
        r.numbers("Slice", 10, ShapeRules::slice);
        r.numbers("Concat", 4, ShapeRules::concat);
        r.numbers("Squeeze", 1, ShapeRules::squeeze);
        r.numbers("Unsqueeze", 1, ShapeRules::unsqueeze);
        r.numbers("Reshape", 5, ShapeRules::reshape);
        r.numbers("ReduceProd", 1, ShapeRules::product);
    }

    private static Value shape(OnnxNode node, Conversion c) {
        long start = node.integer("start", 0);
        long end = node.integer("end", Long.MAX_VALUE);
        Numbers sizes = c.sizes(node.tensor(0));
        if (!sizes.hasElements()) {
            return start == 0 && end == Long.MAX_VALUE
                    ? sizes.whole()
                    : c.op("aten::slice", sizes, start, end == Long.MAX_VALUE ? null : end, 1L);
        }
        int from = clamp(start, sizes.size());
        int to = Math.max(from, clamp(end, sizes.size()));
        return c.value(Numbers.row(sizes.elements().subList(from, to)));
    }

    private static int clamp(long index, int size) {
        return (int) Math.max(0, Math.min(size, index < 0 ? index + size : index));
    }

    // ---- arithmetic

    private static void arithmetic(Registry r, String... names) {
        for (int i = 0; i < names.length; i += 2) {
            String operator = names[i + 1];
            r.numbers(names[i], 7, (node, c) -> each(node, (a, b) -> c.integer(operator, a, b)));
        }
    }

    private interface Pair {
        Object of(Object a, Object b);
    }

    /** Of all inputs, element by element, with broadcasting; not of truth values. */
    private static @Nullable Numbers each(OnnxNode node, Pair pair) {
        Numbers result = node.numbers(0);
        for (int i = 1; i < node.inputs(); i++) {
            Numbers next = node.numbers(i);
            int size = Math.max(result.size(), next.size());
            if (result.element() == ElementType.BOOL || mismatched(result, size) || mismatched(next, size)) {
                return null;
            }
            List<Object> elements = new ArrayList<>();
            for (int at = 0; at < size; at++) {
                elements.add(pair.of(result.get(result.size() == 1 ? 0 : at), next.get(next.size() == 1 ? 0 : at)));
            }
            result = result.isScalar() && next.isScalar()
                    ? Numbers.scalar(result.element(), elements.get(0))
                    : Numbers.row(result.element(), elements);
        }
        return result;
    }

    private static boolean mismatched(Numbers numbers, int size) {
        return numbers.size() != 1 && numbers.size() != size;
    }

    private static @Nullable Numbers div(OnnxNode node, Conversion c) {
        return each(node, (a, b) -> Integers.divide(c, a, b));
    }

    private static @Nullable Numbers mod(OnnxNode node, Conversion c) {
        return node.flag("fmod", false) ? null : each(node, (a, b) -> c.integer("remainder", a, b));
    }

    private static void compare(Registry r, String... names) {
        for (int i = 0; i < names.length; i += 2) {
            String kind = "aten::" + names[i + 1];
            r.numbers(names[i], 7, (node, c) -> {
                Numbers result = each(node, (a, b) -> c.op(kind, a, b));
                return result == null ? null : typed(result, ElementType.BOOL);
            });
        }
    }

    private static Numbers typed(Numbers numbers, ElementType element) {
        return numbers.isScalar() ? Numbers.scalar(element, numbers.get(0)) : Numbers.row(element, numbers.elements());
    }

    private static @Nullable Numbers cast(OnnxNode node, Conversion c) {
        ElementType to = ElementType.of((int) node.integer("to"));
        Numbers numbers = node.numbers(0);
        boolean whole = to == ElementType.INT64 || to == ElementType.INT32;
        return whole && numbers.element() != ElementType.BOOL ? typed(numbers, to) : null;
    }

    private static @Nullable Numbers product(OnnxNode node, Conversion c) {
        Numbers numbers = node.numbers(0);
        Object product = c.integer("mul", ones(numbers).toArray());
        boolean keep = node.flag("keepdims", true) && !numbers.isScalar();
        node.ignore("axes", "noop_with_empty_axes");
        node.ignoreInput(1);
        return keep ? Numbers.row(numbers.element(), List.of(product)) : Numbers.scalar(numbers.element(), product);
    }

    private static List<Object> ones(Numbers numbers) {
        List<Object> factors = new ArrayList<>(List.of(1L));
        factors.addAll(numbers.elements());
        return factors;
    }

    // ---- elements

    private static @Nullable Numbers gather(OnnxNode node, Conversion c) {
        Numbers row = node.numbers(0);
        Numbers indices = node.numbers(1);
        node.ignore("axis");
        if (row.isScalar() || !indices.isConstant()) {
            return null;
        }
        List<Object> chosen = Arrays.stream(indices.longs())
                .mapToObj(index -> row.get(element(node, index, row.size())))
                .toList();
        return indices.isScalar() ? Numbers.scalar(row.element(), chosen.get(0)) : Numbers.row(row.element(), chosen);
    }

    private static int element(OnnxNode node, long index, int size) {
        long at = index < 0 ? index + size : index;
        if (at < 0 || at >= size) {
            throw node.broken("takes element " + index + " of " + size + " sizes");
        }
        return (int) at;
    }

    private static @Nullable Numbers slice(OnnxNode node, Conversion c) {
        Numbers row = node.numbers(0);
        boolean known = !row.isScalar();
        for (int i = 1; i < node.inputs(); i++) {
            known &= !node.has(i) || node.numbers(i).isConstant();
        }
        if (!known) {
            return null;
        }
        long step = node.has(4) ? only(node, 4) : 1;
        long start = only(node, 1);
        long end = only(node, 2);
        node.ignoreInput(3);
        int size = row.size();
        if (step == 0) {
            throw node.broken("has steps of 0");
        }
        step = Math.max(-size - 1, Math.min(size + 1, step));
        List<Object> chosen = new ArrayList<>();
        if (step > 0) {
            for (long i = clamp(start, size); i < clamp(end, size); i += step) {
                chosen.add(row.get((int) i));
            }
        } else {
            long last = end < -size ? -1 : end < 0 ? end + size : end;
            for (long i = Math.min(size - 1, start < 0 ? start + size : start); i > last; i += step) {
                chosen.add(row.get((int) i));
            }
        }
        return Numbers.row(row.element(), chosen);
    }

    private static long only(OnnxNode node, int input) {
        long[] numbers = node.longs(input);
        if (numbers.length != 1) {
            throw node.broken("has " + numbers.length + " numbers in input " + input + " for a row");
        }
        return numbers[0];
    }

    private static @Nullable Numbers concat(OnnxNode node, Conversion c) {
        node.ignore("axis");
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < node.inputs(); i++) {
            all.addAll(node.numbers(i).elements());
        }
        return Numbers.row(node.numbers(0).element(), all);
    }

    private static @Nullable Numbers squeeze(OnnxNode node, Conversion c) {
        node.ignore("axes");
        node.ignoreInput(1);
        Numbers numbers = node.numbers(0);
        return numbers.size() == 1 ? numbers.asScalar() : null;
    }

    private static @Nullable Numbers unsqueeze(OnnxNode node, Conversion c) {
        Numbers numbers = node.numbers(0);
        long[] axes = node.integers(1, "axes");
        return numbers.isScalar() && axes != null && axes.length == 1 ? numbers.asRow() : null;
    }

    private static @Nullable Numbers reshape(OnnxNode node, Conversion c) {
        Numbers numbers = node.numbers(0);
        Numbers shape = node.numbers(1);
        node.ignore("allowzero");
        if (!shape.isConstant() || shape.size() > 1) {
            return null;
        }
        return shape.size() == 0 ? numbers.asScalar() : numbers.asRow();
    }
}
