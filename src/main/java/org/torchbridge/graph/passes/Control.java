package org.torchbridge.graph.passes;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Use;
import org.torchbridge.graph.Value;

/** What the passes know of {@code prim::If} and {@code prim::Loop}. */
final class Control {
    static final String IF = "prim::If";
    static final String LOOP = "prim::Loop";

    /** A loop's inputs before what it carries: how often at most, and whether at all. */
    static final int LOOP_HEADER = 2;

    private Control() {}

    /** Whether the value is an input of its block. */
    static boolean isBlockInput(Value value) {
        return value.producer().is("prim::Param");
    }

    /** The node in whose block the value is an input or made; null in the outermost. */
    static @Nullable Node surrounding(Value value) {
        return value.producer().owner().owner();
    }

    /** Whether the value is made in the block, or in a block in it, and is not the block's input. */
    static boolean isMadeIn(Value value, Block block) {
        Block inner = value.producer().owner();
        if (inner == block) {
            return !isBlockInput(value);
        }
        while (inner.owner() != null && inner != block) {
            inner = inner.owner().owner();
        }
        return inner == block;
    }

    static Block body(Node loop) {
        return loop.blocks().get(0);
    }

    static List<Value> carried(Node loop) {
        return loop.inputs().subList(LOOP_HEADER, loop.inputs().size());
    }

    /** The node that is the only one to use what this one makes, and that once; null if there is none. */
    static @Nullable Node onlyUser(Node node) {
        List<Use> uses = node.output().uses();
        return uses.size() == 1 ? uses.get(0).node() : null;
    }

    /** Puts {@code values} where the node's outputs are used, and takes it out. */
    static void replace(Node node, List<Value> values) {
        for (int i = 0; i < values.size(); i++) {
            node.output(i).replaceAllUsesWith(values.get(i));
        }
        node.remove();
    }

    static boolean isControl(Node node) {
        return node.is(IF) || node.is(LOOP);
    }

    /** The node behind this one, which may be the block's result. */
    static Node next(Node node) {
        List<Node> nodes = node.owner().nodes();
        int index = nodes.indexOf(node) + 1;
        return index < nodes.size() ? nodes.get(index) : node.owner().result();
    }

    /** The first node of a block, which may be its result. */
    static Node first(Block block) {
        return block.nodes().isEmpty() ? block.result() : block.nodes().get(0);
    }
}
