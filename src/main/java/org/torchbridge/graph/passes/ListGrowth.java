package org.torchbridge.graph.passes;

import java.util.List;
import java.util.Set;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes a new list of each {@code aten::append}, {@code aten::extend} and {@code aten::insert} in front: the longer list comes
 * out of the branches and loops that it grows in, and a loop carries it from turn to turn. Lists that are changed in another
 * way, or that another value may be too, stay as they are.
 *
 * <pre>{@code
 * rows = []                       rows = []
 * for i in range(n):     ->       for i in range(n):
 *     rows.append(x[i])               rows = rows + [x[i]]
 * }</pre>
 */
public final class ListGrowth {
    private static final String APPEND = "aten::append";
    private static final String EXTEND = "aten::extend";
    private static final String INSERT = "aten::insert";

    /** What takes a list and keeps nothing of it. */
    private static final Set<String> READERS = Set.of(
            "aten::len",
            "aten::__getitem__",
            "aten::cat",
            "aten::concat",
            "aten::stack",
            "prim::ListUnpack",
            "prim::Return",
            "aten::add");

    private boolean changed;

    private ListGrowth() {}

    /** Whether a list was found that grows. */
    public static boolean run(Graph graph) {
        ListGrowth pass = new ListGrowth();
        graph.forEachNode(node -> {
            if (node.is("prim::ListConstruct") && grows(node.output()) && isKnownEverywhere(node)) {
                new Growth(node.output()).followFrom(node);
                pass.changed = true;
            }
        });
        return pass.changed;
    }

    private static boolean grows(Value list) {
        return list.uses().stream().anyMatch(use -> isGrowth(use.node(), list));
    }

    private static boolean isGrowth(Node node, Value list) {
        boolean inFront = node.is(INSERT) && Constants.is(node.input(1), 0L);
        return (node.is(APPEND) || node.is(EXTEND) || inFront) && node.input(0) == list;
    }

    /** Whether it is used by its own name alone; it may leave the outermost block, but no other. */
    private static boolean isKnownEverywhere(Node construct) {
        Value list = construct.output();
        return list.uses().stream().allMatch(use -> {
            Node node = use.node();
            boolean leaves = node.is("prim::Return") && node.owner() != construct.owner();
            return isGrowth(node, list) && node.outputs().stream().noneMatch(Value::isUsed)
                    || READERS.contains(node.kind()) && !leaves
                    || isReturned(node, construct);
        });
    }

    /** Whether it is a tuple that the outermost block ends with. */
    private static boolean isReturned(Node node, Node construct) {
        List<Node> nodes = node.owner().nodes();
        return node.is("prim::TupleConstruct")
                && node.owner() == construct.owner()
                && node == nodes.get(nodes.size() - 1)
                && node.output().uses().stream().allMatch(use -> use.node().is("prim::Return"));
    }

    private static final class Growth extends Carrying {
        private final Value list;

        Growth(Value list) {
            super(list.type());
            this.list = list;
        }

        @Override
        boolean changes(Node node) {
            return isGrowth(node, list);
        }

        @Override
        Value change(Node growth, Value current) {
            GraphBuilder g = GraphBuilder.before(growth);
            g.from(growth.scope(), growth.source());
            Value last = growth.input(growth.inputs().size() - 1);
            Value more = growth.is(EXTEND) ? last : g.list(((Type.OfList) current.type()).element(), List.of(last));
            List<Value> parts = growth.is(INSERT) ? List.of(more, current) : List.of(current, more);
            Value longer = g.node("aten::add", List.of(current.type()), parts).output();
            growth.remove();
            return longer;
        }

        @Override
        void use(Node node, Value current) {
            replaceInputs(node, list, current);
        }
    }
}
