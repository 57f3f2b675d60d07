package org.torchbridge.graph.passes;

import java.util.List;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;

/**
 * Takes out what a program only does to refuse its inputs: a branch that ends in {@code prim::RaiseException} is taken never
 * to be chosen, so that what the other does is done always. For programs whose inputs are good, and for forms that cannot
 * refuse.
 */
public final class Assertions {
    private static final String RAISE = "prim::RaiseException";

    private boolean changed;

    private Assertions() {}

    /** Whether something was taken out. */
    public static boolean run(Graph graph) {
        Assertions pass = new Assertions();
        pass.run(graph.body());
        return pass.changed;
    }

    private void run(Block block) {
        for (Node node : block.nodes()) {
            node.blocks().forEach(this::run);
            if (node.is(Control.IF)) {
                branch(node);
            } else if (node.is("aten::_assert") || node.is("aten::_assert_async")) {
                node.remove();
                changed = true;
            }
        }
    }

    private void branch(Node node) {
        boolean first = raises(node.blocks().get(0));
        boolean second = raises(node.blocks().get(1));
        if (first != second) {
            Block taken = node.blocks().get(first ? 1 : 0);
            Control.replace(node, taken.copyBefore(node, List.of()));
            changed = true;
        }
    }

    private static boolean raises(Block block) {
        return block.nodes().stream().anyMatch(node -> node.is(RAISE));
    }
}
