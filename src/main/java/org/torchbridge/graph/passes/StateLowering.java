package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Use;
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
        boolean answered = false;
        for (String name : Slots.set(graph)) {
            answered |= askAtStart(graph, name);
        }
        return lower(graph) || answered;
    }

    /**
     * As {@link #run(Graph)} for lists that each run puts back with the same elements, as the examples show: each run finds what
     * the module has, and nothing is put into the slot any more.
     */
    public static boolean run(Graph graph, List<? extends List<?>> examples) {
        List<String> names = Slots.set(graph).stream()
                .filter(name -> isRead(graph, name) && KeptState.isPutBack(graph, name))
                .sorted()
                .toList();
        Set<String> kept = names.isEmpty() ? Set.of() : KeptState.same(graph, names, examples);
        kept.forEach(name -> {
            new State(name, graph.slots().get(name).type())
                    .follow(
                            graph.body(),
                            GraphBuilder.before(Control.first(graph.body())).get(name));
            writers(graph, name).forEach(Node::remove);
        });
        return !kept.isEmpty();
    }

    private static List<Node> writers(Graph graph, String name) {
        List<Node> writers = new ArrayList<>();
        graph.forEachNode(node -> {
            if (isWritten(node, name)) {
                writers.add(node);
            }
        });
        return writers;
    }

    private static boolean lower(Graph graph) {
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

    static boolean isWritten(Node node, String name) {
        return Slots.isWritten(node) && Slots.name(node).equals(name);
    }

    // ---- whether there is something

    /** Answers whether a slot is {@code None} where nothing can have been put into it yet. */
    private static boolean askAtStart(Graph graph, String name) {
        Slot slot = graph.slots().get(name);
        boolean changed = false;
        for (Node node : graph.body().nodes()) {
            if (slot == null || isWrittenIn(node, name)) {
                return changed;
            } else if (isRead(node, name)) {
                for (Use use : node.output().uses()) {
                    changed |= answer(use.node(), slot.value() == null);
                }
            }
        }
        return changed;
    }

    private static boolean isWrittenIn(Node node, String name) {
        return isWritten(node, name)
                || node.blocks().stream()
                        .flatMap(block -> block.nodes().stream())
                        .anyMatch(inner -> isWrittenIn(inner, name));
    }

    /** Answers the node, if it asks whether its first input is {@code None}. */
    static boolean answer(Node node, boolean none) {
        boolean asked = (node.is("aten::__is__") || node.is("aten::__isnot__")) && Constants.isNone(node.input(1));
        if (asked) {
            Control.replace(node, List.of(Constants.before(node, none == node.is("aten::__is__"), Type.BOOL)));
        }
        return asked;
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
            if (isRead(node, name) && node != current.producer()) {
                Control.replace(node, List.of(current));
            }
        }
    }
}
