package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/**
 * Makes a traced program fit other sizes than those of its example. A size that Java has read is a constant of the trace;
 * where a trace of the same module with a second example has another constant, the size is computed instead.
 */
final class DynamicSizes {
    private static final String CONSTANT = "prim::Constant";

    private final SizeSearch sizes = new SizeSearch();
    private final List<String> frozen = new ArrayList<>();
    /** What values of the second trace are in the first. */
    private final Map<Value, Value> counterparts = new HashMap<>();

    private DynamicSizes() {}

    /** Changes {@code graph}; says what of it stays as it is for its example only. */
    static List<String> restore(Graph graph, Graph second) {
        DynamicSizes work = new DynamicSizes();
        work.pair(graph.inputs(), second.inputs());
        work.walk(graph.body(), second.body());
        return work.frozen;
    }

    private void pair(List<Value> ours, List<Value> theirs) {
        for (int i = 0; i < ours.size(); i++) {
            counterparts.put(theirs.get(i), ours.get(i));
            sizes.add(ours.get(i), theirs.get(i));
        }
    }

    private void walk(Block first, Block second) {
        List<Node> ours = first.nodes();
        List<Node> theirs = second.nodes();
        for (int i = 0; i < ours.size(); i++) {
            if (i == theirs.size() || !isSame(ours.get(i), theirs.get(i))) {
                frozen.add(otherWay(ours.get(i), i < theirs.size() ? theirs.get(i) : second.result()));
                return;
            }
            pair(ours.get(i), theirs.get(i));
        }
        if (theirs.size() > ours.size()) {
            frozen.add(otherWay(first.result(), theirs.get(ours.size())));
        }
    }

    private static String otherWay(Node ours, Node theirs) {
        return "the program takes another way for the second example, to " + place(user(theirs))
                + " where the first comes to " + place(user(ours))
                + "; the trace goes the way of the first for all sizes";
    }

    private boolean isSame(Node ours, Node theirs) {
        boolean same = ours.is(theirs.kind())
                && ours.inputs().size() == theirs.inputs().size()
                && ours.outputs().size() == theirs.outputs().size();
        for (int i = 0; same && i < ours.inputs().size(); i++) {
            same = counterparts.get(theirs.input(i)) == ours.input(i);
        }
        return same;
    }

    private void pair(Node ours, Node theirs) {
        if (ours.is(CONSTANT)) {
            Value value = constant(ours, theirs);
            counterparts.put(theirs.output(), value);
        } else {
            pair(ours.outputs(), theirs.outputs());
        }
    }

    /** What takes the constant's place: itself unless it follows from sizes. */
    private Value constant(Node ours, Node theirs) {
        Object first = ours.attribute("value");
        Object second = theirs.attribute("value");
        if (isEqual(first, second)) {
            return ours.output();
        }
        SizeSearch.Formula formula = first instanceof Long a && second instanceof Long b ? sizes.find(a, b) : null;
        if (formula == null) {
            frozen.add(difference(first, second) + " for the second example, in " + place(user(ours))
                    + ", which follows from no size; the trace has that of the first for all sizes");
            return ours.output();
        }
        Value size = formula.apply(builder(ours));
        ours.output().replaceAllUsesWith(size);
        ours.remove();
        return size;
    }

    private static GraphBuilder builder(Node place) {
        GraphBuilder builder = GraphBuilder.before(place);
        builder.from(user(place).scope(), user(place).source());
        return builder;
    }

    private static boolean isEqual(@Nullable Object first, @Nullable Object second) {
        if (first instanceof Tensor a && second instanceof Tensor b) {
            return a.dtype() == b.dtype() && a.equal(b);
        }
        return Objects.equals(first, second);
    }

    /** The operation that a constant is for. */
    private static Node user(Node constant) {
        Node node = constant;
        while (node.is(CONSTANT) || node.is("prim::ListConstruct")) {
            if (!node.output().isUsed()) {
                return node;
            }
            node = node.output().uses().get(0).node();
        }
        return node;
    }

    private static String place(Node node) {
        String name = node.owner().result() == node ? "the end" : node.kind();
        return node.source().isEmpty() ? name : name + " (" + node.source() + ")";
    }

    private static String difference(@Nullable Object first, @Nullable Object second) {
        return first instanceof Tensor tensor && second instanceof Tensor
                ? "a tensor made in Java, " + tensor.dtype() + Arrays.toString(tensor.shape()) + ", is another one"
                : first + " is " + second;
    }
}
