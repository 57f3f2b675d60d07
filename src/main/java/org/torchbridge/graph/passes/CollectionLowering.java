package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Use;
import org.torchbridge.graph.Value;

/**
 * Follows lists, dictionaries and objects that a program builds step by step, at places, keys and names that are constants:
 * what is read out of one is the value that was put in, and who takes the whole gets one that is made at once. Dictionaries
 * of the module that nothing changes are read at once. What is changed in a branch or loop, or may be another value too,
 * stays, and so does an object that somebody takes as a whole.
 */
public final class CollectionLowering {
    private static final String SET_ITEM = "aten::_set_item";
    private static final String GET_ITEM = "aten::__getitem__";
    private static final String OBJECT = "prim::CreateObject";
    private static final String CONTAINS = "aten::__contains__";
    private static final Set<String> NEW =
            Set.of("aten::copy", "aten::list", "aten::dict", "prim::DictConstruct", OBJECT);
    private static final Set<String> KEEPERS = Set.of(
            "prim::ListConstruct",
            "prim::TupleConstruct",
            "prim::DictConstruct",
            "prim::SetAttr",
            "prim::If",
            "prim::Loop",
            "prim::unchecked_cast",
            "aten::append");

    private final Graph graph;
    private final Set<String> set;
    private boolean changed;

    private CollectionLowering(Graph graph) {
        this.graph = graph;
        this.set = Slots.set(graph);
    }

    /** Whether a collection was followed. */
    public static boolean run(Graph graph) {
        CollectionLowering pass = new CollectionLowering(graph);
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    private void visit(Node node) {
        if (node.owner() == null) {
            return; // was taken out meanwhile
        } else if (Slots.isRead(node) && node.inputs().isEmpty()) {
            slot(node);
        } else if (isNew(node) && isFollowed(node)) {
            Map<Object, Value> content = content(node);
            if (content != null) {
                follow(node, content);
            }
        }
    }

    // ---- what the module has

    /** What is always in a slot; null if the program changes it. */
    private @Nullable Object fixed(Node read) {
        Slot slot = graph.slots().get(Slots.name(read));
        return slot == null || set.contains(Slots.name(read)) ? null : slot.value();
    }

    private void slot(Node read) {
        if (read.output().type() instanceof Type.OfList
                && fixed(read) instanceof List<?> list
                && isOnlyRead(read.output())
                && read.output().isUsed()) {
            whole(read, list);
        } else if (fixed(read) instanceof Map<?, ?> map) {
            for (Use use : read.output().uses()) {
                Node user = use.node();
                Object key = key(user);
                if (user.is(CONTAINS) && key != null) {
                    constant(user, map.containsKey(key));
                } else if (user.is(GET_ITEM) && (map.get(key) instanceof String || map.get(key) instanceof Long)) {
                    constant(user, map.get(key));
                }
            }
        }
    }

    private static boolean isOnlyRead(Value list) {
        return list.uses().stream()
                .map(Use::node)
                .allMatch(user -> !KEEPERS.contains(user.kind())
                        && !user.is("prim::Return")
                        && Effects.written(user).isEmpty());
    }

    /** Writes a list of numbers out, so that its elements are constants. */
    private void whole(Node read, List<?> list) {
        if (list.stream().allMatch(element -> element instanceof Number || element instanceof Boolean)) {
            GraphBuilder g = GraphBuilder.before(read);
            Type element = ((Type.OfList) read.output().type()).element();
            read.output()
                    .replaceAllUsesWith(
                            g.list(element, list.stream().map(g::constant).toList()));
            changed = true;
        }
    }

    private void constant(Node node, Object value) {
        Control.replace(
                node, List.of(Constants.before(node, value, node.output().type())));
        changed = true;
    }

    // ---- what the program makes

    private static boolean isNew(Node node) {
        boolean written = node.is("prim::ListConstruct")
                && node.output().uses().stream().anyMatch(use -> isWrite(use.node(), node.output()));
        return written || NEW.contains(node.kind());
    }

    private static boolean isWrite(Node node, Value collection) {
        boolean writes =
                node.is(SET_ITEM) || node.is(Slots.SET) && node.inputs().size() == 2;
        return writes && node.input(0) == collection;
    }

    /** The place, key or name that a node reads or writes; null if only the run tells. */
    private static @Nullable Object key(Node node) {
        boolean ofObject = node.is(Slots.SET) || node.is(Slots.GET);
        return ofObject ? Slots.name(node) : node.inputs().size() < 2 ? null : Constants.of(node.input(1));
    }

    /** Whether all that changes it stands beside it, at places that are known, and nothing keeps it. */
    private static boolean isFollowed(Node made) {
        return made.output().uses().stream().allMatch(use -> {
            Node user = use.node();
            if (isWrite(user, made.output())) {
                return user.owner() == made.owner()
                        && key(user) != null
                        && user.outputs().stream().noneMatch(Value::isUsed);
            }
            if (made.is(OBJECT)) {
                return user.is(Slots.GET);
            } else if (user.is("prim::Return")) {
                return user.owner().owner() == null;
            }
            return !KEEPERS.contains(user.kind()) && Effects.written(user).isEmpty();
        });
    }

    /** What is in it at first; null if that is not known. */
    private @Nullable Map<Object, Value> content(Node made) {
        Map<Object, Value> content = new LinkedHashMap<>();
        if (made.is("prim::DictConstruct")) {
            for (int i = 0; i < made.inputs().size(); i += 2) {
                Object key = Constants.of(made.input(i));
                if (key == null) {
                    return null;
                }
                content.put(key, made.input(i + 1));
            }
            return content;
        } else if (made.is("aten::dict") || made.is(OBJECT)) {
            return made.inputs().isEmpty() ? content : null;
        }
        List<Value> elements = made.is("prim::ListConstruct") ? made.inputs() : elements(made);
        for (int i = 0; elements != null && i < elements.size(); i++) {
            content.put((long) i, elements.get(i));
        }
        return elements == null ? null : content;
    }

    /** The elements of the list that is copied. */
    private @Nullable List<Value> elements(Node copy) {
        Value source = copy.input(0);
        Object fixed = Slots.isRead(source.producer()) ? fixed(source.producer()) : Constants.of(source);
        if (source.producer().is("prim::ListConstruct")
                && source.uses().stream()
                        .allMatch(use -> Effects.written(use.node()).isEmpty())) {
            return source.producer().inputs();
        } else if (fixed instanceof List<?> list && list.stream().allMatch(Long.class::isInstance)) {
            GraphBuilder g = GraphBuilder.before(copy);
            return list.stream().map(g::constant).toList();
        }
        return null;
    }

    private void follow(Node made, Map<Object, Value> content) {
        Value collection = made.output();
        boolean isList = collection.type() instanceof Type.OfList;
        boolean before = true;
        for (Node node : made.owner().nodes()) {
            if (!before && isWrite(node, collection)) {
                content.put(
                        place(key(node), content, isList),
                        node.input(node.inputs().size() - 1));
                node.remove();
            } else if (!before) {
                read(node, collection, content);
            }
            before &= node != made;
        }
        read(made.owner().result(), collection, content);
        if (!collection.isUsed()) {
            made.remove();
        }
        changed = true;
    }

    private static Object place(Object key, Map<Object, Value> content, boolean isList) {
        return isList && key instanceof Long index && index < 0 ? index + content.size() : key;
    }

    /** Gives a node, and those in its blocks, what is in the collection now. */
    private static void read(Node node, Value collection, Map<Object, Value> content) {
        List<Use> uses =
                collection.uses().stream().filter(use -> isIn(use.node(), node)).toList();
        Value whole = null;
        for (Use use : uses) {
            Value answer = answer(use.node(), content, collection.type() instanceof Type.OfList);
            if (answer != null) {
                Control.replace(use.node(), List.of(answer));
            } else {
                whole = whole == null ? whole(node, collection.type(), content) : whole;
                use.node().setInput(use.index(), whole);
            }
        }
    }

    private static boolean isIn(Node node, Node outer) {
        for (Node each = node;
                each != null;
                each = each.owner() == null ? null : each.owner().owner()) {
            if (each == outer) {
                return true;
            }
        }
        return false;
    }

    /** What the node asks for, if it asks for one element. */
    private static @Nullable Value answer(Node node, Map<Object, Value> content, boolean isList) {
        Object key = key(node);
        if (key != null && (node.is(GET_ITEM) || node.is(Slots.GET))) {
            return content.get(place(key, content, isList));
        } else if (key != null && node.is(CONTAINS) && !isList) {
            return Constants.before(node, content.containsKey(key), Type.BOOL);
        } else if (node.is("aten::len")) {
            return Constants.before(node, (long) content.size(), Type.INT);
        }
        return null;
    }

    /** The collection as it is before a node. */
    private static Value whole(Node place, Type type, Map<Object, Value> content) {
        GraphBuilder g = GraphBuilder.before(place);
        g.from(place.scope(), place.source());
        if (type instanceof Type.OfList list) {
            return g.list(list.element(), new ArrayList<>(content.values()));
        }
        List<Value> pairs = new ArrayList<>();
        content.forEach((key, value) -> {
            pairs.add(g.constant(key));
            pairs.add(value);
        });
        return g.node("prim::DictConstruct", List.of(type), pairs).output();
    }
}
