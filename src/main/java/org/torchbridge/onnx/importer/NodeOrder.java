package org.torchbridge.onnx.importer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.torchbridge.FileFormatException;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.NodeProto;

/** The order in which nodes can be written: as the file has them where that is possible. */
final class NodeOrder {
    private final List<NodeProto> nodes;
    private final Map<String, Integer> makers = new HashMap<>();
    private final Set<String> used;

    private NodeOrder(List<NodeProto> nodes, Set<String> outputs) {
        this.nodes = nodes;
        this.used = new HashSet<>(outputs);
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).getOutputList()) {
                if (!output.isEmpty() && makers.put(output, i) != null) {
                    throw new FileFormatException("is damaged: '" + output + "' is the output of two nodes");
                }
            }
        }
    }

    /**
     * The nodes that {@code outputs} need, each after those whose outputs it uses, itself or in the graphs it has. Their outputs
     * that nobody uses are left out.
     */
    static List<NodeProto> needed(List<NodeProto> nodes, Set<String> outputs) {
        NodeOrder order = new NodeOrder(nodes, outputs);
        Map<Integer, Set<Integer>> sources = order.sources(outputs);
        return order.sorted(sources).stream().map(order::withUsedOutputs).toList();
    }

    private NodeProto withUsedOutputs(NodeProto node) {
        if (used.containsAll(node.getOutputList())) {
            return node;
        }
        NodeProto.Builder changed = node.toBuilder();
        for (int i = 0; i < node.getOutputCount(); i++) {
            if (!used.contains(node.getOutput(i))) {
                changed.setOutput(i, "");
            }
        }
        return changed.build();
    }

    /** For each node that is needed, those that it uses. */
    private Map<Integer, Set<Integer>> sources(Set<String> outputs) {
        Map<Integer, Set<Integer>> sources = new HashMap<>();
        Deque<Integer> open = new ArrayDeque<>(makersOf(outputs));
        while (!open.isEmpty()) {
            int node = open.pop();
            if (!sources.containsKey(node)) {
                Set<String> names = uses(nodes.get(node));
                used.addAll(names);
                Set<Integer> before = makersOf(names);
                sources.put(node, before);
                open.addAll(before);
            }
        }
        return sources;
    }

    private Set<Integer> makersOf(Set<String> names) {
        Set<Integer> found = new TreeSet<>();
        for (String name : names) {
            Integer maker = makers.get(name);
            if (maker != null) {
                found.add(maker);
            }
        }
        return found;
    }

    /** Always the first node that can be written, in the file's order. */
    private List<NodeProto> sorted(Map<Integer, Set<Integer>> sources) {
        Map<Integer, List<Integer>> users = new HashMap<>();
        int[] waiting = new int[nodes.size()];
        BitSet ready = new BitSet();
        sources.forEach((node, before) -> {
            waiting[node] = before.size();
            before.forEach(source ->
                    users.computeIfAbsent(source, key -> new ArrayList<>()).add(node));
            ready.set(node, before.isEmpty());
        });
        List<NodeProto> sorted = new ArrayList<>();
        for (int next = ready.nextSetBit(0); next >= 0; next = ready.nextSetBit(0)) {
            ready.clear(next);
            sorted.add(nodes.get(next));
            for (int user : users.getOrDefault(next, List.of())) {
                if (--waiting[user] == 0) {
                    ready.set(user);
                }
            }
        }
        if (sorted.size() < sources.size()) {
            throw new FileFormatException("is damaged: its nodes use each other in a circle, "
                    + sources.keySet().stream()
                            .filter(node -> waiting[node] > 0)
                            .limit(3)
                            .map(node -> "'" + nodes.get(node).getName() + "'")
                            .toList()
                    + " among them");
        }
        return sorted;
    }

    /** The names that a node uses from outside of it. */
    private static Set<String> uses(NodeProto node) {
        Set<String> uses = new HashSet<>(node.getInputList());
        node.getAttributeList().forEach(attribute -> {
            if (attribute.hasG()) {
                uses.addAll(free(attribute.getG()));
            }
            attribute.getGraphsList().forEach(graph -> uses.addAll(free(graph)));
        });
        return uses;
    }

    /** The names that a graph uses and does not have itself. */
    private static Set<String> free(GraphProto graph) {
        Set<String> free = new HashSet<>();
        graph.getOutputList().forEach(output -> free.add(output.getName()));
        graph.getNodeList().forEach(node -> free.addAll(uses(node)));
        graph.getInputList().forEach(input -> free.remove(input.getName()));
        graph.getInitializerList().forEach(tensor -> free.remove(tensor.getName()));
        graph.getNodeList().forEach(node -> node.getOutputList().forEach(free::remove));
        return free;
    }
}
