package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * Follows lists and dictionaries that a program builds step by step, at places and keys that are constants: what is read out
 * of one is the value that was put in, and who takes the whole gets one that is made at once. Dictionaries and lists of the
 * module that nothing changes are read at once. A collection that is changed in a branch or loop, or that another value may
 * be too, stays.
 */
public final class CollectionLowering {
    private static final String SET_ITEM = "aten::_set_item";
    private static final String GET_ITEM = "aten::__getitem__";
    private static final String CONTAINS = "aten::__contains__";
    private static final Set<String> NEW = Set.of("aten::copy", "aten::list", "aten::dict", "prim::DictConstruct");
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
        } else if (Slots.isRead(node)) {
            slot(node);
        } else if (isNew(node) && isFollowed(node)) {
            Map<Object, Value> content = content(node);
            if (content != null) {
                follow(node, content);
            }
        }
    }

    // ---- what the module has

    private void slot(Node read) {
        Slot slot = graph.slots().get(Slots.name(read));
        boolean fixed = slot != null && !set.contains(Slots.name(read));
        if (fixed && slot.value() instanceof Map<?, ?> map) {
            for (Use use : read.output().uses()) {
                Node user = use.node();
                Object key = user.inputs().size() == 2 ? Constants.of(user.input(1)) : null;
                if (user.is(CONTAINS) && key != null) {
                    constant(user, map.containsKey(key));
                } else if (user.is(GET_ITEM) && map.get(key) instanceof String || map.get(key) instanceof Long) {
                    constant(user, map.get(key));
                }
            }
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
        return node.is(SET_ITEM) && node.input(0) == collection;
    }

    /** Whether all that changes it stands beside it, at places that are known, and nothing keeps it. */
    private static boolean isFollowed(Node made) {
        return made.output().uses().stream().allMatch(use -> {
            Node user = use.node();
            if (isWrite(user, made.output())) {
                return user.owner() == made.owner()
                        && Constants.of(user.input(1)) != null
                        && user.outputs().stream().noneMatch(Value::isUsed);
            }
            boolean leaves = user.is("prim::Return") && user.owner().owner() != null;
            return !KEEPERS.contains(user.kind())
                    && !leaves
                    && Effects.written(user).isEmpty();
        });
    }

    /** What is in it at first; null if that is not known. */
    private static @Nullable Map<Object, Value> content(Node made) {
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
        } else if (made.is("aten::dict")) {
            return made.inputs().isEmpty() ? content : null;
        }
        List<Value> elements = made.is("prim::ListConstruct") ? made.inputs() : elements(made);
        for (int i = 0; elements != null && i < elements.size(); i++) {
            content.put((long) i, elements.get(i));
        }
        return elements == null ? null : content;
    }

    /** The elements of the list that is copied. */
    private static @Nullable List<Value> elements(Node copy) {
        Value source = copy.input(0);
        if (source.producer().is("prim::ListConstruct")
                && source.uses().stream()
                        .allMatch(use -> Effects.written(use.node()).isEmpty())) {
            return source.producer().inputs();
        } else if (Constants.of(source) instanceof List<?> list && list.stream().allMatch(Long.class::isInstance)) {
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
                content.put(place(node.input(1), content, isList), node.input(2));
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

    private static Object place(Value key, Map<Object, Value> content, boolean isList) {
        Object place = Objects.requireNonNull(Constants.of(key));
        return isList && place instanceof Long index && index < 0 ? index + content.size() : place;
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
        boolean isKnown = node.inputs().size() == 2 && Constants.of(node.input(1)) != null;
        if (node.is(GET_ITEM) && isKnown) {
            return content.get(place(node.input(1), content, isList));
        } else if (node.is(CONTAINS) && isKnown && !isList) {
            return Constants.before(node, content.containsKey(Constants.of(node.input(1))), Type.BOOL);
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
