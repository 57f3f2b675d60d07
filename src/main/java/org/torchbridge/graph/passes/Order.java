package org.torchbridge.graph.passes;

import java.util.HashMap;
import java.util.Map;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Use;
import org.torchbridge.graph.Value;

/** The order in which a program's nodes are written; those in a node's blocks come after it and before the next. */
final class Order {
    private final Map<Node, Integer> numbers = new HashMap<>();

    private Order() {}

    static Order of(Graph graph) {
        Order order = new Order();
        order.number(graph.body());
        return order;
    }

    private void number(Block block) {
        for (Node node : block.nodes()) {
            numbers.put(node, numbers.size());
            node.blocks().forEach(this::number);
        }
        numbers.put(block.result(), numbers.size());
    }

    /** Nodes that were not there count as standing before all others. */
    boolean isBefore(Node first, Node second) {
        return numbers.getOrDefault(first, -1) < numbers.getOrDefault(second, -1);
    }

    /** Whether the value is there before the node runs. */
    boolean isMadeBefore(Value value, Node node) {
        Node producer = Control.isBlockInput(value) ? Control.surrounding(value) : value.producer();
        return producer == null || isBefore(producer, node);
    }

    /** Whether the value is used by a node after this one, or in a block of such a node. */
    boolean isUsedAfter(Node node, Value value) {
        return value.uses().stream().map(Use::node).anyMatch(user -> isBefore(node, user));
    }

    /** {@code added} counts as standing where {@code node} stands. */
    void putBeside(Node node, Node added) {
        numbers.put(added, numbers.get(node));
    }
}
