package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Finds out how an integer of a traced program came from the sizes of tensors, of which it knows those for two examples.
 * What is simple comes first: a size itself, products and quotients with a whole number, products of two sizes, sums.
 */
final class SizeSearch {
    /** How to compute the integer. */
    interface Formula extends Function<GraphBuilder, Value> {}

    /** A size that differs between the examples, and what it is in them. */
    private record Size(Value tensor, long dimension, long first, long second) {
        Value read(GraphBuilder g) {
            return g.op("aten::size", tensor, dimension);
        }
    }

    /** What the integer is in the two examples. */
    private record Pair(long first, long second) {}

    @FunctionalInterface
    private interface Rule {
        @Nullable
        Formula explain(Size size, Pair wanted);
    }

    private static final long LARGEST_DIVISOR = 64;
    private static final long LARGEST_FACTOR = 64;
    private static final List<Rule> RULES = List.of(SizeSearch::itself, SizeSearch::multiple, SizeSearch::quotient);
    private static final List<Rule> LAST_RULES = List.of(
            SizeSearch::sum,
            SizeSearch::difference,
            SizeSearch::roundedQuotient,
            SizeSearch::roundedUpQuotient,
            SizeSearch::linear);

    /** One size for each pair, the first that was added. */
    private final Map<Pair, Size> sizes = new LinkedHashMap<>();

    /** Takes in the sizes of a tensor, which is {@code second} in the second example. */
    void add(Value tensor, Value second) {
        if (tensor.type() instanceof Type.OfTensor ours
                && second.type() instanceof Type.OfTensor theirs
                && ours.shape() != null
                && ours.rank() == theirs.rank()) {
            for (int i = 0; i < ours.rank(); i++) {
                add(tensor, i, ours.shape().get(i), theirs.shape().get(i));
            }
        }
    }

    private void add(Value tensor, long dimension, @Nullable Long first, @Nullable Long second) {
        if (first != null && second != null && !first.equals(second)) {
            sizes.putIfAbsent(new Pair(first, second), new Size(tensor, dimension, first, second));
        }
    }

    /** A formula for an integer that is {@code first} and {@code second} in the examples; null if there is none. */
    @Nullable
    Formula find(long first, long second) {
        Pair wanted = new Pair(first, second);
        Formula found = find(RULES, wanted);
        if (found == null) {
            found = product(wanted);
        }
        return found == null ? find(LAST_RULES, wanted) : found;
    }

    private @Nullable Formula find(List<Rule> rules, Pair wanted) {
        for (Rule rule : rules) {
            for (Size size : sizes.values()) {
                Formula found = rule.explain(size, wanted);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static @Nullable Formula itself(Size size, Pair wanted) {
        return size.first == wanted.first && size.second == wanted.second ? size::read : null;
    }

    private static @Nullable Formula multiple(Size size, Pair wanted) {
        long factor = factor(size.first, size.second, wanted);
        return factor == 0 ? null : g -> times(size.read(g), factor, g);
    }

    private static @Nullable Formula quotient(Size size, Pair wanted) {
        if (wanted.first == 0 || size.first % wanted.first != 0) {
            return null;
        }
        long divisor = size.first / wanted.first;
        boolean explains = size.second % divisor == 0 && size.second / divisor == wanted.second;
        return explains ? g -> g.op("aten::floordiv", size.read(g), divisor) : null;
    }

    private static @Nullable Formula sum(Size size, Pair wanted) {
        long term = wanted.first - size.first;
        return size.second + term == wanted.second ? g -> g.op("aten::add", size.read(g), term) : null;
    }

    private static @Nullable Formula difference(Size size, Pair wanted) {
        long whole = wanted.first + size.first;
        return whole - size.second == wanted.second ? g -> g.op("aten::sub", whole, size.read(g)) : null;
    }

    /** Of two sizes, and of a whole number. */
    private @Nullable Formula product(Pair wanted) {
        List<Size> all = new ArrayList<>(sizes.values());
        for (int i = 0; i < all.size(); i++) {
            Size a = all.get(i);
            for (Size b : all.subList(i, all.size())) {
                long factor = factor(a.first * b.first, a.second * b.second, wanted);
                if (factor != 0) {
                    return g -> times(g.op("aten::mul", a.read(g), b.read(g)), factor, g);
                }
            }
        }
        return null;
    }

    /** What makes the one pair the other; 0 if nothing does. */
    private static long factor(long first, long second, Pair wanted) {
        if (first == 0 || wanted.first % first != 0) {
            return 0;
        }
        long factor = wanted.first / first;
        return factor * second == wanted.second ? factor : 0;
    }

    private static Value times(Value value, long factor, GraphBuilder g) {
        return factor == 1 ? value : g.op("aten::mul", value, factor);
    }

    private static @Nullable Formula roundedQuotient(Size size, Pair wanted) {
        for (long divisor = 2; divisor <= LARGEST_DIVISOR; divisor++) {
            if (size.first / divisor == wanted.first && size.second / divisor == wanted.second) {
                long by = divisor;
                return g -> g.op("aten::floordiv", size.read(g), by);
            }
        }
        return null;
    }

    private static @Nullable Formula roundedUpQuotient(Size size, Pair wanted) {
        for (long divisor = 2; divisor <= LARGEST_DIVISOR; divisor++) {
            long rest = divisor - 1;
            if ((size.first + rest) / divisor == wanted.first && (size.second + rest) / divisor == wanted.second) {
                long by = divisor;
                return g -> g.op("aten::floordiv", g.op("aten::add", size.read(g), rest), by);
            }
        }
        return null;
    }

    private static @Nullable Formula linear(Size size, Pair wanted) {
        long rise = wanted.second - wanted.first;
        long run = size.second - size.first;
        if (rise % run != 0 || Math.abs(rise / run) > LARGEST_FACTOR) {
            return null;
        }
        long factor = rise / run;
        long term = wanted.first - factor * size.first;
        return g -> g.op("aten::add", g.op("aten::mul", size.read(g), factor), term);
    }
}
