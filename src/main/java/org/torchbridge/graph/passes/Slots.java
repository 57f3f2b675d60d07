package org.torchbridge.graph.passes;

import java.util.HashSet;
import java.util.Set;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;

/**
 * What the passes know of {@code prim::GetAttr} and {@code prim::SetAttr}. With an object among their inputs they read and
 * write that, and no slot.
 */
final class Slots {
    static final String GET = "prim::GetAttr";
    static final String SET = "prim::SetAttr";

    private Slots() {}

    static boolean isRead(Node node) {
        return node.is(GET) && node.inputs().isEmpty();
    }

    static boolean isWritten(Node node) {
        return node.is(SET) && node.inputs().size() == 1;
    }

    static String name(Node node) {
        return (String) node.attribute("name");
    }

    /** The name, or one made of it, that no slot has. */
    static String free(Graph graph, String name) {
        return graph.slots().containsKey(name) ? free(graph, name + "_") : name;
    }

    /** The names of the slots that the program puts other values into. */
    static Set<String> set(Graph graph) {
        Set<String> names = new HashSet<>();
        graph.forEachNode(node -> {
            if (isWritten(node)) {
                names.add(name(node));
            }
        });
        return names;
    }
}
