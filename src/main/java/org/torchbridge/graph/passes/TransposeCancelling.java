package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes orders of dimensions that follow each other into one, and takes out those that change nothing: {@code
 * aten::permute}, {@code aten::transpose} and {@code aten::t} with constant arguments. What nothing uses afterwards is left
 * to {@link DeadCode}.
 */
public final class TransposeCancelling {
    private static final String PERMUTE = "aten::permute";
    private static final Set<String> KINDS = Set.of(PERMUTE, "aten::transpose", "aten::t");

    private boolean changed;

    private TransposeCancelling() {}

    /** Whether something was simplified. */
    public static boolean run(Graph graph) {
        TransposeCancelling pass = new TransposeCancelling();
        graph.forEachNode(node -> {
            if (KINDS.contains(node.kind())) {
                pass.visit(node, node.input(0).producer());
            }
        });
        return pass.changed;
    }

    private void visit(Node node, Node before) {
        boolean follows = KINDS.contains(before.kind());
        if (follows && isSameSwap(node, before)) {
            replace(node, before.input(0));
            return;
        }
        int rank = Math.max(rank(node), follows ? rank(before) : 0);
        List<Long> second = order(node, rank);
        List<Long> first = follows ? order(before, rank) : null;
        if (second != null && first != null) {
            List<Long> both =
                    second.stream().map(dim -> first.get(dim.intValue())).toList();
            Value source = before.input(0);
            replace(node, isIdentity(both) ? source : GraphBuilder.before(node).op(PERMUTE, source, both));
        } else if (second != null && isIdentity(second)) {
            replace(node, node.input(0));
        }
    }

    private void replace(Node node, Value value) {
        Control.replace(node, List.of(value));
        changed = true;
    }

    private static boolean isIdentity(List<Long> order) {
        return order.equals(LongStream.range(0, order.size()).boxed().toList());
    }

    /** Whether two nodes swap the same dimensions, however many there are. */
    private static boolean isSameSwap(Node node, Node before) {
        return !node.is(PERMUTE) && node.is(before.kind()) && swapped(node).equals(swapped(before));
    }

    /** The dimensions that are swapped, or the node itself if they are not known. */
    private static Set<Object> swapped(Node node) {
        List<Value> arguments = node.inputs().subList(1, node.inputs().size());
        return arguments.stream().allMatch(Constants::is)
                ? arguments.stream().map(Constants::of).collect(Collectors.toSet())
                : Set.of(node);
    }

    /** The number of dimensions; 0 if it is not known. */
    private static int rank(Node node) {
        List<Long> order = node.is(PERMUTE) ? Constants.integers(node.input(1)) : null;
        if (order != null) {
            return order.size();
        }
        return node.input(0).type() instanceof Type.OfTensor tensor ? Math.max(0, tensor.rank()) : 0;
    }

    /** Which dimension of its input each dimension of the output is; null if that is not known. */
    private static @Nullable List<Long> order(Node node, int rank) {
        if (node.is(PERMUTE)) {
            List<Long> dims = Constants.integers(node.input(1));
            return dims == null
                    ? null
                    : dims.stream().map(dim -> Math.floorMod(dim, (long) rank)).toList();
        }
        List<Long> order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
        if (node.is("aten::t")) {
            Collections.reverse(order);
            return rank == 0 ? null : order;
        }
        if (rank == 0
                || !(Constants.of(node.input(1)) instanceof Long one)
                || !(Constants.of(node.input(2)) instanceof Long other)) {
            return null;
        }
        Collections.swap(order, Math.floorMod(one, rank), Math.floorMod(other, rank));
        return order;
    }
}
