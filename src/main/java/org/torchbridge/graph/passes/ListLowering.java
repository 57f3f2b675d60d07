package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Puts lists together at once that a program makes of others: copies, parts, several behind one another, the keys and values
 * of dictionaries. {@link TupleLowering} then knows their elements.
 */
public final class ListLowering {
    private final Aliases aliases;
    private boolean changed;

    private ListLowering(Graph graph) {
        this.aliases = Aliases.of(graph);
    }

    /** Whether a list was put together. */
    public static boolean run(Graph graph) {
        ListLowering pass = new ListLowering(graph);
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    private void visit(Node node) {
        if (node.outputs().size() != 1 || !(node.output().type() instanceof Type.OfList type)) {
            return;
        }
        List<Value> elements =
                switch (node.kind()) {
                    case "aten::list", "aten::copy" -> elements(node, 0);
                    case "aten::slice" -> part(node);
                    case "aten::add" -> joined(node);
                    case "aten::mul" -> repeated(node);
                    case "aten::keys" -> everySecond(node.input(0), 0);
                    case "aten::values" -> everySecond(node.input(0), 1);
                    case "aten::items" -> pairs(node);
                    default -> null;
                };
        if (elements != null) {
            GraphBuilder g = GraphBuilder.before(node);
            g.from(node.scope(), node.source());
            Control.replace(node, List.of(g.list(type.element(), elements)));
            changed = true;
        }
    }

    /** The elements of a node's list that is put together in the program and stays as it is; null for others. */
    private @Nullable List<Value> elements(Node node, int input) {
        Value list = node.input(input);
        if (aliases.isChanged(list)) {
            return null;
        } else if (Constants.of(list) instanceof List<?> known) {
            GraphBuilder g = GraphBuilder.before(node);
            return known.stream().map(g::constant).toList();
        }
        return list.producer().is("prim::ListConstruct") ? list.producer().inputs() : null;
    }

    private @Nullable List<Value> joined(Node node) {
        List<Value> first = elements(node, 0);
        List<Value> second = elements(node, 1);
        if (first == null || second == null) {
            return null;
        }
        List<Value> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private @Nullable List<Value> repeated(Node node) {
        List<Value> elements = elements(node, 0);
        if (elements == null || !(Constants.of(node.input(1)) instanceof Long times)) {
            return null;
        }
        List<Value> all = new ArrayList<>();
        for (long i = 0; i < times; i++) {
            all.addAll(elements);
        }
        return all;
    }

    private @Nullable List<Value> part(Node node) {
        List<Value> elements = elements(node, 0);
        Long start = bound(node.input(1), 0, elements);
        Long end = bound(node.input(2), Long.MAX_VALUE, elements);
        if (start == null || end == null || !Constants.is(node.input(3), 1L)) {
            return null;
        }
        return elements.subList((int) Math.min(start, end), end.intValue());
    }

    /** A place in a list where a part of it begins or ends; null if it is not known. */
    private static @Nullable Long bound(Value index, long missing, @Nullable List<Value> elements) {
        Long place =
                Constants.isNone(index) ? (Long) missing : Constants.of(index) instanceof Long known ? known : null;
        if (place == null || elements == null) {
            return null;
        }
        long fromStart = place < 0 ? place + elements.size() : place;
        return Math.max(0, Math.min(fromStart, elements.size()));
    }

    // ---- dictionaries

    private @Nullable List<Value> everySecond(Value dict, int first) {
        if (!dict.producer().is("prim::DictConstruct") || aliases.isChanged(dict)) {
            return null;
        }
        List<Value> inputs = dict.producer().inputs();
        List<Value> some = new ArrayList<>();
        for (int i = first; i < inputs.size(); i += 2) {
            some.add(inputs.get(i));
        }
        return some;
    }

    private @Nullable List<Value> pairs(Node node) {
        List<Value> keys = everySecond(node.input(0), 0);
        List<Value> values = everySecond(node.input(0), 1);
        if (keys == null || values == null) {
            return null;
        }
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        List<Value> pairs = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            pairs.add(g.tuple(keys.get(i), values.get(i)));
        }
        return pairs;
    }
}
