package org.torchbridge.graph.passes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/**
 * What a computation looks like, from its last value backwards.
 *
 * <pre>{@code
 * Pattern x = Pattern.any("x");
 * Pattern silu = Pattern.op("aten::mul", x, Pattern.op("aten::sigmoid", x));
 * }</pre>
 */
interface Pattern {
    Set<String> COMMUTATIVE = Set.of("aten::add", "aten::mul");
    double RELATIVE_DIFFERENCE = 1e-3;

    /** Whether the value looks like this; {@code found} has the values that have a name so far, and gets more. */
    boolean matches(Value value, Map<String, Value> found);

    /** What has a name, if the value looks like this; else null. */
    default @Nullable Map<String, Value> match(Value value) {
        Map<String, Value> found = new HashMap<>();
        return matches(value, found) ? found : null;
    }

    /** Any value, the same one wherever the name stands. */
    static Pattern any(String name) {
        return (value, found) -> {
            Value known = found.putIfAbsent(name, value);
            return known == null || known == value;
        };
    }

    /** This, by a name. */
    default Pattern as(String name) {
        return (value, found) -> matches(value, found) && any(name).matches(value, found);
    }

    /** A constant number, or a constant tensor with one element, that is about this. */
    static Pattern number(double expected) {
        return (value, found) -> {
            Double number = Constants.number(value);
            return number != null && Math.abs(number - expected) <= RELATIVE_DIFFERENCE * Math.abs(expected);
        };
    }

    /** A constant that is exactly this. */
    static Pattern constant(Object expected) {
        return (value, found) -> Constants.is(value, expected);
    }

    /** A list of constant whole numbers. */
    static Pattern integers(Long... expected) {
        return (value, found) -> List.of(expected).equals(Constants.integers(value));
    }

    /** The first of these that fits. */
    static Pattern either(Pattern... patterns) {
        return (value, found) -> {
            for (Pattern pattern : patterns) {
                Map<String, Value> more = new HashMap<>(found);
                if (pattern.matches(value, more)) {
                    found.putAll(more);
                    return true;
                }
            }
            return false;
        };
    }

    /**
     * What an operator gives whose first arguments look like this; the others may be anything, but sums and differences
     * have no factor. The two arguments of {@code aten::add} and {@code aten::mul} stand in any order.
     */
    static Pattern op(String kind, Pattern... arguments) {
        List<Pattern> inOrder = List.of(arguments);
        Pattern asWritten = (value, found) -> fits(kind, inOrder, value.producer(), found);
        if (!COMMUTATIVE.contains(kind)) {
            return asWritten;
        }
        List<Pattern> swapped = List.of(arguments[1], arguments[0]);
        return either(asWritten, (value, found) -> fits(kind, swapped, value.producer(), found));
    }

    private static boolean fits(String kind, List<Pattern> arguments, Node node, Map<String, Value> found) {
        if (!node.is(kind) || node.inputs().size() < arguments.size() || !isPlain(node)) {
            return false;
        }
        for (int i = 0; i < arguments.size(); i++) {
            if (!arguments.get(i).matches(node.input(i), found)) {
                return false;
            }
        }
        return true;
    }

    /** Not {@code a + alpha * b}. */
    private static boolean isPlain(Node node) {
        boolean hasFactor =
                (node.is("aten::add") || node.is("aten::sub")) && node.inputs().size() > 2;
        return !hasFactor || number(1).matches(node.input(2), new HashMap<>());
    }
}
