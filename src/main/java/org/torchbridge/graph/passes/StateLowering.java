package org.torchbridge.graph.passes;

import java.util.List;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes values of the slots that a program uses as its variables: what is read out of one is the value that was put in before,
 * through branches and loops. It is for forms in which a program keeps nothing from one call to the next, so a slot counts if
 * nothing reads it before it is set, or if it is {@code None} at first: then each call is as the first of a new module. What
 * is still put into slots that nothing reads any more is left to {@link UnreadState}.
 *
 * <pre>{@code
 * self.levels = []                     levels = []
 * self.levels.append(x)        ->      levels.append(x)
 * return self.levels[0]                return levels[0]
 * }</pre>
 */
public final class StateLowering {
    private StateLowering() {}

    /** Whether a slot became a value. */
    public static boolean run(Graph graph) {
        List<String> names = Slots.set(graph).stream()
                .filter(name -> isRead(graph, name) && isOwn(graph, name))
                .sorted()
                .toList();
        names.forEach(name -> lower(graph, name));
        return !names.isEmpty();
    }

    private static boolean isRead(Graph graph, String name) {
        boolean[] read = new boolean[1];
        graph.forEachNode(node -> read[0] |= isRead(node, name));
        return read[0];
    }

    private static boolean isRead(Node node, String name) {
        return Slots.isRead(node) && Slots.name(node).equals(name);
    }

    private static boolean isWritten(Node node, String name) {
        return Slots.isWritten(node) && Slots.name(node).equals(name);
    }

    // ---- which slots

    private static boolean isOwn(Graph graph, String name) {
        Slot slot = graph.slots().get(name);
        return slot != null && (slot.value() == null || first(graph.body(), name) != Access.READ);
    }

    private enum Access {
        NONE,
        READ,
        /** It is set, on all ways. */
        SET
    }

    /** What a block does with a slot first, as far as it matters. */
    private static Access first(Block block, String name) {
        for (Node node : block.nodes()) {
            Access access = first(node, name);
            if (access != Access.NONE) {
                return access;
            }
        }
        return Access.NONE;
    }

    private static Access first(Node node, String name) {
        if (isRead(node, name)) {
            return Access.READ;
        } else if (isWritten(node, name)) {
            return Access.SET;
        }
        List<Access> inside =
                node.blocks().stream().map(block -> first(block, name)).toList();
        if (inside.contains(Access.READ)) {
            return Access.READ;
        }
        boolean always = node.is(Control.IF) && inside.stream().allMatch(access -> access == Access.SET);
        return always ? Access.SET : Access.NONE;
    }

    // ---- what they become

    private static void lower(Graph graph, String name) {
        Slot slot = graph.slots().get(name);
        GraphBuilder start = GraphBuilder.before(Control.first(graph.body()));
        Value before = slot.value() == null
                ? start.constant(null, Type.NONE)
                : start.node("prim::Uninitialized", List.of(slot.type()), List.of())
                        .output();
        new State(name, slot.type()).follow(graph.body(), before);
    }

    private static final class State extends Carrying {
        private final String name;

        State(String name, Type type) {
            super(type);
            this.name = name;
        }

        @Override
        boolean changes(Node node) {
            return isWritten(node, name);
        }

        @Override
        Value change(Node write, Value current) {
            return write.input(0);
        }

        @Override
        void use(Node node, Value current) {
            if (isRead(node, name)) {
                Control.replace(node, List.of(current));
            }
        }
    }
}
