package org.torchbridge.graph.passes;

import java.util.List;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Lets values go past tuples and lists, straight to where they are used: {@code prim::TupleUnpack}, {@code prim::TupleIndex},
 * {@code prim::ListUnpack}, {@code aten::__getitem__} and {@code aten::len} of what was put together in the same program.
 * Tuples that come out of {@code prim::If} or that {@code prim::Loop} carries come as their elements. What nothing uses
 * afterwards is left to {@link DeadCode}.
 */
public final class TupleLowering {
    private final Aliases aliases;
    private boolean changed;

    private TupleLowering(Graph graph) {
        this.aliases = Aliases.of(graph);
    }

    /** Whether something was simplified. */
    public static boolean run(Graph graph) {
        boolean split = TupleSplitting.run(graph.body());
        TupleLowering pass = new TupleLowering(graph);
        graph.forEachNode(pass::lower);
        return split || pass.changed;
    }

    private void lower(Node node) {
        switch (node.kind()) {
            case TupleSplitting.UNPACK, "prim::ListUnpack" -> unpack(node);
            case "prim::TupleIndex", "aten::__getitem__" -> index(node);
            case "aten::len" -> length(node);
            default -> {
                // needs nothing
            }
        }
    }

    private void unpack(Node node) {
        if (isKnown(node.input(0))
                && elements(node.input(0)).size() == node.outputs().size()) {
            replace(node, elements(node.input(0)));
        }
    }

    private void index(Node node) {
        if (isKnown(node.input(0)) && Constants.of(node.input(1)) instanceof Long index) {
            List<Value> elements = elements(node.input(0));
            long place = index < 0 ? index + elements.size() : index;
            if (place >= 0 && place < elements.size()) {
                replace(node, List.of(elements.get((int) place)));
            }
        }
    }

    private void length(Node node) {
        if (isKnown(node.input(0)) || hasKnownLength(node.input(0))) {
            long length = elements(node.input(0)).size();
            replace(node, List.of(Constants.before(node, length, Type.INT)));
        }
    }

    private void replace(Node node, List<Value> values) {
        Control.replace(node, values);
        changed = true;
    }

    /** Whether the value is put together in this program and stays as it is. */
    private boolean isKnown(Value value) {
        Node producer = value.producer();
        return producer.is(TupleSplitting.CONSTRUCT) || producer.is("prim::ListConstruct") && !aliases.isChanged(value);
    }

    /** Whether it is put together in this program, and at most other elements are put into it. */
    private boolean hasKnownLength(Value value) {
        return value.producer().is("prim::ListConstruct")
                && aliases.changers(value).stream().allMatch(writer -> writer.is("aten::_set_item"));
    }

    private static List<Value> elements(Value value) {
        return value.producer().inputs();
    }
}
