package org.torchbridge.graph.passes;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Instance;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Use;
import org.torchbridge.graph.Value;

/**
 * Reads at once what is in the lists, dictionaries and objects that the module holds, and that nothing changes: elements of
 * lists and tuples of numbers, strings and tensors, strings and numbers in dictionaries, and attributes of objects become constants.
 */
final class SlotContents {
    private static final String GET_ITEM = "aten::__getitem__";
    private static final String CONTAINS = "aten::__contains__";

    /** What gives its input back as a value that is there. */
    private static final Set<String> CASTS =
            Set.of("prim::unchecked_cast", "prim::unchecked_unwrap_optional", "aten::_unwrap_optional");

    private final Graph graph;
    private final Set<String> set;
    private final Set<String> changedAttributes = new HashSet<>();
    private boolean changed;

    SlotContents(Graph graph) {
        this.graph = graph;
        this.set = Slots.set(graph);
        graph.forEachNode(node -> {
            if (node.is(Slots.SET) && !Slots.isWritten(node)) {
                changedAttributes.add(attribute(node));
            }
        });
    }

    /** Whether something became a constant. */
    boolean run() {
        graph.forEachNode(node -> {
            if (Slots.isRead(node)) {
                read(node);
            } else if (node.is(Slots.GET) && node.owner() != null) {
                attribute(node, contents(node.output()));
            }
        });
        return changed;
    }

    /** What is always in a slot; null if the program changes it. */
    @Nullable
    Object fixed(Node read) {
        Slot slot = graph.slots().get(Slots.name(read));
        return slot == null || set.contains(Slots.name(read)) ? null : slot.value();
    }

    private void read(Node read) {
        Value value = read.output();
        if (fixed(read) != null) {
            narrow(value);
            value.uses().forEach(use -> changed |= StateLowering.answer(use.node(), false));
        }
        if ((value.type() instanceof Type.OfList || value.type() instanceof Type.OfTuple)
                && fixed(read) instanceof List<?> list
                && isOnlyRead(value)
                && value.isUsed()) {
            whole(read, list);
        } else if (fixed(read) instanceof Map<?, ?> map) {
            for (Use use : value.uses()) {
                entry(use.node(), map);
            }
        }
    }

    /** What is there is no {@code None}. */
    private void narrow(Value value) {
        if (value.type() instanceof Type.OfOptional optional) {
            value.setType(optional.element());
            changed = true;
        }
    }

    // ---- lists and dictionaries

    private static boolean isOnlyRead(Value list) {
        return list.uses().stream()
                .map(Use::node)
                .allMatch(user -> !CollectionLowering.KEEPERS.contains(user.kind())
                        && !user.is("prim::Return")
                        && Effects.written(user).isEmpty());
    }

    /** Writes a list or tuple of numbers, strings or tensors out, so that its elements are constants. */
    private void whole(Node read, List<?> list) {
        if (areSimple(list) || list.stream().allMatch(Tensor.class::isInstance)) {
            replace(read, written(read, list, read.output().type()));
        }
    }

    private void entry(Node user, Map<?, ?> map) {
        Object key = CollectionLowering.key(user);
        if (user.is(CONTAINS) && key != null) {
            replace(user, Constants.before(user, map.containsKey(key), Type.BOOL));
        } else if (user.is(GET_ITEM) && (map.get(key) instanceof String || map.get(key) instanceof Long)) {
            replace(user, Constants.before(user, map.get(key), user.output().type()));
        }
    }

    // ---- objects

    /** A class and a name that it has. */
    private static String attribute(Node node) {
        return node.input(0).type() + "." + Slots.name(node);
    }

    /** The object or attribute that a value is, if it comes from a slot; {@code fallback} where only the run tells. */
    private @Nullable Contents contents(Value value) {
        Node node = value.producer();
        if (CASTS.contains(node.kind())) {
            return contents(node.input(0));
        } else if (!node.is(Slots.GET)) {
            return null;
        } else if (Slots.isRead(node)) {
            return set.contains(Slots.name(node)) || graph.slots().get(Slots.name(node)) == null
                    ? null
                    : new Contents(graph.slots().get(Slots.name(node)).value());
        }
        Contents object = contents(node.input(0));
        return object != null
                        && object.value() instanceof Instance instance
                        && !changedAttributes.contains(attribute(node))
                ? new Contents(instance.attribute(Slots.name(node)))
                : null;
    }

    /** What is known to be in a place. */
    private record Contents(@Nullable Object value) {}

    private void attribute(Node read, @Nullable Contents contents) {
        if (contents == null || !read.output().isUsed()) {
            return;
        }
        Object value = contents.value();
        boolean constant = value == null
                || value instanceof Tensor
                || areSimple(List.of(value))
                || value instanceof List<?> list && areSimple(list) && isOnlyRead(read.output());
        if (constant) {
            replace(read, written(read, value, read.output().type()));
        }
    }

    // ---- constants

    private static boolean areSimple(List<?> list) {
        return list.stream()
                .allMatch(each -> each instanceof Number || each instanceof Boolean || each instanceof String);
    }

    private static Value written(Node place, @Nullable Object value, Type type) {
        if (!(value instanceof List<?> list)) {
            return Constants.before(place, value, value == null ? Type.NONE : type);
        }
        GraphBuilder g = GraphBuilder.before(place);
        List<Value> elements = list.stream().map(g::constant).toList();
        return type instanceof Type.OfTuple ? g.tuple(elements) : g.list(((Type.OfList) type).element(), elements);
    }

    private void replace(Node node, Value value) {
        Control.replace(node, List.of(value));
        changed = true;
    }
}
