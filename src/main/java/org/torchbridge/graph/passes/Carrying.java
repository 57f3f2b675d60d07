package org.torchbridge.graph.passes;

import java.util.List;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Follows something that a program changes on its way, and gives it a new value after each change: branches and loops in
 * which it changes give the value as an output, and a loop carries it from turn to turn.
 */
abstract class Carrying {
    private final Type type;

    /** @param type of what comes out of branches and loops */
    Carrying(Type type) {
        this.type = type;
    }

    /** Whether the node itself, whatever is in its blocks, changes it. */
    abstract boolean changes(Node node);

    /** The value after a node that changes it, which may take itself out. */
    abstract Value change(Node node, Value current);

    /** Lets a node use the value as it is before it. */
    abstract void use(Node node, Value current);

    /** What the value is at the end of a block, if it is {@code current} at the start. */
    final Value follow(Block block, Value current) {
        Value last = current;
        for (Node node : block.nodes()) {
            last = follow(node, last);
        }
        use(block.result(), last);
        return last;
    }

    /** Follows what a node makes to the end of its block. */
    final void followFrom(Node made) {
        Value current = made.output();
        List<Node> nodes = made.owner().nodes();
        for (Node node : nodes.subList(nodes.indexOf(made) + 1, nodes.size())) {
            current = follow(node, current);
        }
        use(made.owner().result(), current);
    }

    /** Puts {@code current} where the node takes {@code original}. */
    static void replaceInputs(Node node, Value original, Value current) {
        for (int i = 0; i < node.inputs().size(); i++) {
            if (node.input(i) == original) {
                node.setInput(i, current);
            }
        }
    }

    /** What the value is after a node. */
    final Value follow(Node node, Value current) {
        if (changes(node)) {
            return change(node, current);
        }
        boolean changesInside = node.blocks().stream().anyMatch(this::changesIn);
        use(node, current);
        if (!changesInside) {
            node.blocks().forEach(block -> follow(block, current));
            return current;
        }
        return node.is(Control.LOOP) ? loop(node, current) : branch(node, current);
    }

    final boolean changesIn(Block block) {
        return block.nodes().stream()
                .anyMatch(node -> changes(node) || node.blocks().stream().anyMatch(this::changesIn));
    }

    private Value branch(Node node, Value current) {
        node.blocks().forEach(block -> block.addOutput(follow(block, current)));
        return node.addOutput(type);
    }

    private Value loop(Node node, Value current) {
        Block body = Control.body(node);
        node.addInput(current);
        Value carried = body.addInput(type);
        body.addOutput(follow(body, carried));
        return node.addOutput(type);
    }
}
