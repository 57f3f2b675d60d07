package org.torchbridge.graph;

import java.util.List;
import java.util.Map;

/** Copies nodes from block to block, within a graph or between two. */
final class GraphCopy {
    private final String prefix;
    private final Map<Value, Value> values;

    private GraphCopy(String prefix, Map<Value, Value> values) {
        this.prefix = prefix;
        this.values = values;
    }

    /**
     * Puts copies of a program's nodes before {@code place}, which is in {@code to}, and adds its state.
     *
     * @param prefix what the paths of the state get in front, with a dot between
     * @param values has what the program's inputs are now, and gets what every other value is
     */
    static void program(Graph from, String prefix, Block to, Node place, Map<Value, Value> values) {
        GraphCopy copy = new GraphCopy(prefix, values);
        from.slots().forEach((path, slot) -> copy.slot(to.graph(), copy.path(path), slot));
        copy.nodes(from.body(), to, place);
    }

    /** Puts copies of a block's nodes before {@code place}, in the same program. */
    static void block(Block from, Node place, Map<Value, Value> values) {
        new GraphCopy("", values).nodes(from, place.owner(), place);
    }

    private void slot(Graph graph, String path, Slot slot) {
        Slot other = graph.slots().putIfAbsent(path, slot);
        if (other != null && !other.equals(slot)) {
            throw new IllegalArgumentException("both programs have a slot '" + path + "'; inline one with a prefix");
        }
    }

    private String path(String path) {
        return prefix.isEmpty() ? path : prefix + "." + path;
    }

    private void nodes(Block from, Block to, Node place) {
        for (Node node : from.nodes()) {
            node(node, to, place);
        }
    }

    private void node(Node node, Block to, Node place) {
        Node copy = to.insertBefore(place, node.kind(), mapped(node.inputs()));
        copy.attributes().putAll(node.attributes());
        if (node.is("prim::GetAttr") || node.is("prim::SetAttr")) {
            copy.set("name", path((String) node.attribute("name")));
        }
        copy.setScope(node.scope()).setSource(node.source());
        for (Block block : node.blocks()) {
            Block inner = copy.addBlock();
            block.inputs().forEach(input -> values.put(input, inner.addInput(input.name(), input.type())));
            nodes(block, inner, inner.result());
            inner.setOutputs(mapped(block.outputs()));
        }
        node.outputs().forEach(output -> values.put(output, copy.addOutput(output.name(), output.type())));
    }

    private List<Value> mapped(List<Value> originals) {
        return originals.stream()
                .map(value -> values.getOrDefault(value, value))
                .toList();
    }
}
