package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/**
 * Takes out what a program writes into slots that its outputs do not depend on, such as the number of batches that
 * normalisation has seen: for forms in which a program keeps nothing from one call to the next.
 */
public final class UnreadState {
    private UnreadState() {}

    /** Whether something was taken out. */
    public static boolean run(Graph graph) {
        Set<String> read = readForOutputs(graph);
        List<Node> unread = writers(graph).stream()
                .filter(node -> !read.contains(slot(node)))
                .toList();
        unread.forEach(UnreadState::remove);
        return !unread.isEmpty();
    }

    /** The slots that are read by what is left when nothing is written into any. */
    private static Set<String> readForOutputs(Graph graph) {
        Graph copy = graph.copy();
        writers(copy).forEach(UnreadState::remove);
        DeadCode.run(copy);
        Set<String> read = new HashSet<>();
        copy.forEachNode(node -> {
            if (Slots.isRead(node)) {
                read.add(Slots.name(node));
            }
        });
        return read;
    }

    private static List<Node> writers(Graph graph) {
        List<Node> writers = new ArrayList<>();
        graph.forEachNode(node -> {
            if (slot(node) != null) {
                writers.add(node);
            }
        });
        return writers;
    }

    /** The slot that the node puts a value into, or whose tensor it changes in place; null for others. */
    private static @Nullable String slot(Node node) {
        if (Slots.isWritten(node)) {
            return Slots.name(node);
        }
        boolean inPlace = node.kind().endsWith("_")
                && node.outputs().size() == 1
                && Effects.written(node).equals(List.of(node.input(0)));
        return inPlace && Slots.isRead(node.input(0).producer())
                ? Slots.name(node.input(0).producer())
                : null;
    }

    private static void remove(Node node) {
        if (!node.is(Slots.SET)) {
            Value tensor = node.input(0);
            node.output().replaceAllUsesWith(tensor);
        }
        node.remove();
    }
}
