package org.torchbridge.graph.passes;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Which values of a program may share memory. Values are in one group if one is a view of the other or may be the other,
 * as what comes out of a branch or a turn; the order of the nodes does not count. Lists, tuples and dictionaries have
 * groups of their own that know their elements; the elements are in one group only if the program takes some out again.
 */
final class Aliases {
    private static final class Group {
        final Set<Value> values = new LinkedHashSet<>();
        final Set<Value> elements = new LinkedHashSet<>();
        final Set<Value> containers = new LinkedHashSet<>();
        final Set<Node> writers = new LinkedHashSet<>();
        boolean isTakenFrom;
        boolean comesFromOutside;
        boolean isHandedOut;

        void add(Group other) {
            values.addAll(other.values);
            elements.addAll(other.elements);
            containers.addAll(other.containers);
            writers.addAll(other.writers);
            isTakenFrom |= other.isTakenFrom;
            comesFromOutside |= other.comesFromOutside;
            isHandedOut |= other.isHandedOut;
        }
    }

    private final Map<Value, Group> groups = new HashMap<>();
    private final Map<String, Value> slots = new HashMap<>();

    private Aliases() {}

    static Aliases of(Graph graph) {
        Aliases aliases = new Aliases();
        graph.inputs().forEach(input -> aliases.join(input, graph.inputs().get(0)));
        graph.inputs().forEach(aliases::comesIn);
        graph.forEachNode(aliases::join);
        aliases.joinWhatIsTakenOut();
        graph.forEachNode(node -> Effects.written(node).forEach(value -> aliases.addWriter(value, node)));
        graph.outputs().forEach(output -> aliases.group(output).isHandedOut = true);
        return aliases;
    }

    // ---- questions

    /** All values through which the memory may be reached, the value and those that contain it too. */
    Set<Value> of(Value value) {
        return reach(value, group -> group.containers);
    }

    /** The nodes that may write into the memory, or into that of an element. */
    Set<Node> writers(Value value) {
        Set<Node> writers = new LinkedHashSet<>();
        reach(value, group -> group.elements).forEach(part -> writers.addAll(group(part).writers));
        return writers;
    }

    /** The nodes that may put other elements into a list or dictionary, or take some out. */
    List<Node> changers(Value container) {
        return group(container).writers.stream()
                .filter(writer -> Effects.written(writer).stream()
                        .anyMatch(written -> isOfKind(written.type(), container.type())))
                .toList();
    }

    /** Whether other elements may be put into a list or dictionary, or some taken out; what its elements are may change. */
    boolean isChanged(Value container) {
        return !changers(container).isEmpty();
    }

    /** Whether the types are the same but for what is known of tensors. */
    private static boolean isOfKind(Type one, Type other) {
        if (one instanceof Type.OfList list && other instanceof Type.OfList its) {
            return isOfKind(list.element(), its.element());
        } else if (one instanceof Type.OfDict dict && other instanceof Type.OfDict its) {
            return isOfKind(dict.value(), its.value());
        } else if (one instanceof Type.OfTuple && other instanceof Type.OfTuple) {
            return true;
        }
        boolean open = one instanceof Type.OfOptional || other instanceof Type.OfOptional;
        return open || one instanceof Type.OfTensor && other instanceof Type.OfTensor || one.equals(other);
    }

    boolean isWritten(Value value) {
        return !writers(value).isEmpty();
    }

    /** Whether it may be memory that is there before and after the program runs: an input's, a slot's, a constant's. */
    boolean comesFromOutside(Value value) {
        return of(value).stream().anyMatch(other -> group(other).comesFromOutside);
    }

    /** Whether it may be memory that an output or a slot has after the program has run. */
    boolean isHandedOut(Value value) {
        return of(value).stream().anyMatch(other -> group(other).isHandedOut);
    }

    private Set<Value> reach(Value start, Function<Group, Set<Value>> next) {
        Set<Value> reached = new LinkedHashSet<>();
        Set<Group> seen = new HashSet<>();
        Deque<Group> waiting = new ArrayDeque<>(List.of(group(start)));
        while (!waiting.isEmpty()) {
            Group group = waiting.remove();
            if (seen.add(group)) {
                reached.addAll(group.values);
                next.apply(group).forEach(value -> waiting.add(group(value)));
            }
        }
        return reached;
    }

    private Group group(Value value) {
        return groups.computeIfAbsent(value, own -> {
            Group group = new Group();
            group.values.add(own);
            return group;
        });
    }

    // ---- what shares memory

    private void join(Node node) {
        if (Slots.isRead(node)) {
            joinSlot(Slots.name(node), node.output());
            return;
        } else if (Slots.isWritten(node)) {
            joinSlot(Slots.name(node), node.input(0));
            group(node.input(0)).isHandedOut = true;
            return;
        }
        switch (node.kind()) {
            case Constants.KIND -> comesIn(node.output());
            case Control.LOOP -> joinLoop(node);
            case Control.IF -> node.blocks().forEach(branch -> joinEach(branch.outputs(), node.outputs()));
            default -> Sharing.of(node).forEach(group -> share(node, group));
        }
    }

    private void joinSlot(String name, Value value) {
        join(value, slots.computeIfAbsent(name, first -> value));
        comesIn(value);
    }

    private void comesIn(Value value) {
        group(value).comesFromOutside |= hasMemory(value.type());
    }

    private void joinLoop(Node loop) {
        Block body = Control.body(loop);
        List<Value> inputs = body.inputs().subList(1, body.inputs().size());
        joinEach(Control.carried(loop), inputs);
        joinEach(body.outputs().subList(1, body.outputs().size()), inputs);
        joinEach(inputs, loop.outputs());
    }

    private void joinEach(List<Value> some, List<Value> others) {
        for (int i = 0; i < some.size(); i++) {
            join(some.get(i), others.get(i));
        }
    }

    /** Views share memory with what they are of; what stands beside a container goes into it, or is taken out by the node. */
    private void share(Node node, List<Value> values) {
        List<Value> parts =
                values.stream().filter(value -> hasMemory(value.type())).toList();
        List<Value> containers =
                parts.stream().filter(value -> isContainer(value.type())).toList();
        if (containers.isEmpty()) {
            parts.forEach(part -> join(part, parts.get(0)));
            return;
        }
        Value container = containers.get(0);
        containers.forEach(other -> join(other, container));
        for (Value part : parts) {
            if (!containers.contains(part)) {
                group(container).elements.add(part);
                group(part).containers.add(container);
                group(container).isTakenFrom |= part.producer() == node;
            }
        }
    }

    private void joinWhatIsTakenOut() {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Group group : Set.copyOf(groups.values())) {
                if (group.isTakenFrom) {
                    List<Value> elements = List.copyOf(group.elements);
                    for (Value element : elements) {
                        changed |= join(element, elements.get(0));
                    }
                }
            }
        }
    }

    private void addWriter(Value value, Node node) {
        group(value).writers.add(node);
        if (Effects.writesIntoElements(node)) {
            group(value).elements.forEach(element -> group(element).writers.add(node));
        }
    }

    /** Puts two values into one group; whether they were in two. */
    boolean join(Value one, Value other) {
        if (!hasMemory(one.type()) || !hasMemory(other.type()) || group(one) == group(other)) {
            return false;
        }
        boolean less = group(one).values.size() < group(other).values.size();
        Group small = group(less ? one : other);
        Group large = group(less ? other : one);
        small.values.forEach(value -> groups.put(value, large));
        large.add(small);
        return true;
    }

    /** Forgets a value that is no longer in the program. */
    void remove(Value value) {
        group(value).values.remove(value);
        groups.remove(value);
    }

    // ---- types

    private static boolean isContainer(Type type) {
        return type instanceof Type.OfList
                || type instanceof Type.OfTuple
                || type instanceof Type.OfDict
                || type instanceof Type.OfOptional optional && isContainer(optional.element());
    }

    /** Whether there is something to write into: tensors, and what may contain them or can change. */
    static boolean hasMemory(Type type) {
        if (type instanceof Type.OfOptional optional) {
            return hasMemory(optional.element());
        }
        if (type instanceof Type.OfTuple tuple) {
            return tuple.elements().stream().anyMatch(Aliases::hasMemory);
        }
        return !(type instanceof Type.Simple) || type == Type.Simple.ANY || type == Type.Simple.GENERATOR;
    }
}
