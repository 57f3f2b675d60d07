package org.torchbridge.graph;

import java.util.List;
import java.util.Map;

/** Copies nodes from block to block, within a graph or between two. */
final class GraphCopy {
    private GraphCopy() {}

    /** Appends copies of all nodes; {@code values} has what the inputs are now, and gets what each output is. */
    static void nodes(Block from, Block to, Map<Value, Value> values) {
        nodes(from, to, to.result(), values);
    }

    /** Puts copies of all nodes before {@code place}, which is in {@code to}. */
    static void nodes(Block from, Block to, Node place, Map<Value, Value> values) {
        for (Node node : from.nodes()) {
            node(node, to, place, values);
        }
    }

    private static void node(Node node, Block to, Node place, Map<Value, Value> values) {
        List<Value> inputs = node.inputs().stream()
                .map(input -> values.getOrDefault(input, input))
                .toList();
        Node copy = to.insertBefore(place, node.kind(), inputs);
        copy.attributes().putAll(node.attributes());
        copy.setScope(node.scope()).setSource(node.source());
        for (Block block : node.blocks()) {
            Block inner = copy.addBlock();
            block.inputs().forEach(input -> values.put(input, inner.addInput(input.type())));
            nodes(block, inner, values);
            block.outputs().forEach(output -> inner.addOutput(values.getOrDefault(output, output)));
        }
        node.outputs().forEach(output -> values.put(output, copy.addOutput(output.type())));
    }
}
