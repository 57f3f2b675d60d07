package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
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
    private static final String UPDATE = "aten::update";
    private static final String GET_ITEM = "aten::__getitem__";
    private static final String OBJECT = "prim::CreateObject";
    private static final String CONTAINS = "aten::__contains__";
    private static final Set<String> NEW = Set.of("aten::copy", "aten::list", "aten::dict", OBJECT);
    /** What may keep a collection that it is given. */
    static final Set<String> KEEPERS = Set.of(
            "prim::ListConstruct",
            "prim::TupleConstruct",
            "prim::DictConstruct",
            "prim::SetAttr",
            "prim::If",
            "prim::Loop",
            "prim::unchecked_cast",
            "aten::append");

    /** What takes a collection in and is put together at once. */
    private static final Set<String> CONSTRUCTS =
            Set.of("prim::ListConstruct", "prim::TupleConstruct", "prim::DictConstruct");

    private final SlotContents slots;
    private final Aliases aliases;
    private boolean changed;

    private CollectionLowering(Graph graph) {
        this.slots = new SlotContents(graph);
        this.changed = slots.run();
        this.aliases = Aliases.of(graph);
    }

    /** Whether a collection was followed. */
    public static boolean run(Graph graph) {
        CollectionLowering pass = new CollectionLowering(graph);
        sink(graph.body());
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    /** Puts together what takes others in when it is needed, which may be after those have changed. */
    private static void sink(Block block) {
        List<Node> nodes = block.nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            node.blocks().forEach(CollectionLowering::sink);
            if (CONSTRUCTS.contains(node.kind()) && node.output().isUsed()) {
                node.moveBefore(firstUser(node));
            }
        }
    }

    /** The first node beside this one that uses what it makes, itself or in its blocks. */
    private static Node firstUser(Node node) {
        return after(node).stream()
                .filter(later -> node.output().uses().stream().anyMatch(use -> isIn(use.node(), later)))
                .findFirst()
                .orElse(node.owner().result());
    }

    private void visit(Node node) {
        if (node.owner() == null) {
            return; // was taken out meanwhile
        } else if (node.is(UPDATE) && isComplete(node.input(1))) {
            update(node);
        } else if (isNew(node) && isChangedByNameAlone(node)) {
            Map<Object, Value> content = content(node);
            if (content != null) {
                follow(node, content, firstUnclear(node));
            }
        }
    }

    // ---- what the program makes

    /** Whether it is a dictionary that is put together at once, and stays as it is. */
    private static boolean isComplete(Value dict) {
        return dict.producer().is("prim::DictConstruct")
                && dict.uses().stream()
                        .map(Use::node)
                        .filter(user -> !user.is(UPDATE) || user.input(0) == dict)
                        .noneMatch(user -> Effects.written(user).contains(dict));
    }

    /** Puts the entries of one dictionary into the other one by one. */
    private void update(Node update) {
        List<Value> entries = update.input(1).producer().inputs();
        for (int i = 0; i < entries.size(); i += 2) {
            GraphBuilder.before(update)
                    .node(SET_ITEM, List.of(), List.of(update.input(0), entries.get(i), entries.get(i + 1)));
        }
        update.remove();
        changed = true;
    }

    private static boolean isNew(Node node) {
        boolean asked = (node.is("prim::ListConstruct") || node.is("prim::DictConstruct"))
                && node.output().uses().stream()
                        .anyMatch(use -> isWrite(use.node(), node.output())
                                || node.is("prim::DictConstruct") && isQuestion(use.node()));
        return asked || NEW.contains(node.kind());
    }

    private static boolean isQuestion(Node node) {
        return node.is(GET_ITEM) || node.is(CONTAINS) || node.is("aten::len");
    }

    private static boolean isWrite(Node node, Value collection) {
        boolean writes =
                node.is(SET_ITEM) || node.is(Slots.SET) && node.inputs().size() == 2;
        return writes && node.input(0) == collection;
    }

    /** The place, key or name that a node reads or writes; null if only the run tells. */
    static @Nullable Object key(Node node) {
        boolean ofObject = node.is(Slots.SET) || node.is(Slots.GET);
        return ofObject ? Slots.name(node) : node.inputs().size() < 2 ? null : Constants.of(node.input(1));
    }

    /** The first node that changes it within a block, at a place that only the run tells, or keeps it; null if none does. */
    private static @Nullable Node firstUnclear(Node made) {
        List<Node> unclear = made.output().uses().stream()
                .map(Use::node)
                .filter(user -> !isClear(user, made))
                .toList();
        return Stream.concat(after(made).stream(), Stream.of(made.owner().result()))
                .filter(node -> unclear.stream().anyMatch(user -> isIn(user, node)))
                .findFirst()
                .orElse(null);
    }

    private static boolean isClear(Node user, Node made) {
        if (isWrite(user, made.output())) {
            return user.owner() == made.owner()
                    && key(user) != null
                    && user.outputs().stream().noneMatch(Value::isUsed);
        } else if (made.is(OBJECT)) {
            return user.is(Slots.GET);
        } else if (CONSTRUCTS.contains(user.kind())) {
            return user.owner() == made.owner() && !isChangedAfter(user, made);
        } else if (user.is("prim::Return")) {
            return user.owner().owner() == null;
        }
        return !KEEPERS.contains(user.kind()) && Effects.written(user).isEmpty();
    }

    private static boolean isChangedAfter(Node user, Node made) {
        return made.output().uses().stream()
                .map(Use::node)
                .filter(writer -> isWrite(writer, made.output()))
                .anyMatch(writer -> after(user).stream().anyMatch(node -> isIn(writer, node)));
    }

    /** The nodes beside this one that come later. */
    private static List<Node> after(Node node) {
        List<Node> nodes = node.owner().nodes();
        return nodes.subList(nodes.indexOf(node) + 1, nodes.size());
    }

    /** Whether no other name, by which what it was put into knows it, leads to a change. */
    private boolean isChangedByNameAlone(Node made) {
        boolean kept = made.output().uses().stream()
                .anyMatch(use -> CONSTRUCTS.contains(use.node().kind()));
        return !kept
                || aliases.changers(made.output()).stream()
                        .allMatch(writer -> isWrite(writer, made.output()) || writesIntoOwn(writer, made));
    }

    /** Whether it changes what another node makes anew, by that name. */
    private static boolean writesIntoOwn(Node writer, Node made) {
        return Effects.written(writer).stream()
                .map(Value::producer)
                .allMatch(other -> other != made && (CONSTRUCTS.contains(other.kind()) || NEW.contains(other.kind())));
    }

    /** What is in it at first; null if that is not known. */
    private @Nullable Map<Object, Value> content(Node made) {
        Map<Object, Value> content = new LinkedHashMap<>();
        if (made.is("prim::DictConstruct")) {
            return entries(made.inputs());
        } else if (made.inputs().isEmpty() && !made.is("prim::ListConstruct")) {
            return content;
        } else if (made.is("aten::dict")) {
            List<Value> pairs = elements(made);
            return pairs == null
                            || pairs.stream().anyMatch(pair -> !pair.producer().is("prim::TupleConstruct"))
                    ? null
                    : entries(pairs.stream()
                            .flatMap(pair -> pair.producer().inputs().stream())
                            .toList());
        }
        List<Value> elements = made.is("prim::ListConstruct") ? made.inputs() : elements(made);
        for (int i = 0; elements != null && i < elements.size(); i++) {
            content.put((long) i, elements.get(i));
        }
        return elements == null ? null : content;
    }

    /** What a dictionary of keys and values, in turn, has in it; null if a key is not known. */
    private static @Nullable Map<Object, Value> entries(List<Value> keysAndValues) {
        Map<Object, Value> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            Object key = Constants.of(keysAndValues.get(i));
            if (key == null) {
                return null;
            }
            content.put(key, keysAndValues.get(i + 1));
        }
        return content;
    }

    /** The elements of the list that is copied. */
    private @Nullable List<Value> elements(Node copy) {
        Value source = copy.input(0);
        Object fixed = Slots.isRead(source.producer()) ? slots.fixed(source.producer()) : Constants.of(source);
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

    /** @param end where it is not known any more what is in it; null if it is known to the end */
    private void follow(Node made, Map<Object, Value> content, @Nullable Node end) {
        Value collection = made.output();
        for (Node node : after(made)) {
            if (node == end) {
                return;
            } else if (isWrite(node, collection)) {
                content.put(
                        place(key(node), content, collection),
                        node.input(node.inputs().size() - 1));
                if (end == null) {
                    node.remove();
                }
            } else {
                read(node, collection, content, end == null);
            }
        }
        if (end == null) {
            read(made.owner().result(), collection, content, true);
            if (!collection.isUsed()) {
                made.remove();
            }
            changed = true;
        }
    }

    private static Object place(Object key, Map<Object, Value> content, Value collection) {
        return collection.type() instanceof Type.OfList && key instanceof Long index && index < 0
                ? index + content.size()
                : key;
    }

    /** Gives a node, and those in its blocks, what is in the collection now; a {@code whole} one too. */
    private void read(Node node, Value collection, Map<Object, Value> content, boolean whole) {
        List<Use> uses =
                collection.uses().stream().filter(use -> isIn(use.node(), node)).toList();
        Value all = null;
        for (Use use : uses) {
            Value answer = answer(use.node(), content, collection);
            if (answer != null) {
                Control.replace(use.node(), List.of(answer));
                changed = true;
            } else if (whole) {
                all = all == null ? whole(node, collection.type(), content) : all;
                use.node().setInput(use.index(), all);
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
    private static @Nullable Value answer(Node node, Map<Object, Value> content, Value collection) {
        Object key = key(node);
        if (key != null && (node.is(GET_ITEM) || node.is(Slots.GET))) {
            return content.get(place(key, content, collection));
        } else if (key != null && node.is(CONTAINS) && collection.type() instanceof Type.OfDict) {
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
