package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Writes out short loops whose number of turns is a constant and which nothing ends early. Loops in loops are written out
 * from the inside.
 */
public final class LoopUnrolling {
    private static final int MOST_TURNS = 64;
    private static final int MOST_NODES = 4096;

    private boolean changed;

    private LoopUnrolling() {}

    /** Whether a loop was written out. */
    public static boolean run(Graph graph) {
        LoopUnrolling pass = new LoopUnrolling();
        pass.run(graph.body());
        return pass.changed;
    }

    private void run(Block block) {
        for (Node node : block.nodes()) {
            node.blocks().forEach(this::run);
            if (node.is(Control.LOOP) && isShort(node)) {
                unroll(node);
                changed = true;
            }
        }
    }

    private static boolean isShort(Node loop) {
        return Constants.of(loop.input(0)) instanceof Long turns
                && turns <= MOST_TURNS
                && turns * size(Control.body(loop)) <= MOST_NODES
                && Constants.is(loop.input(1), true)
                && Constants.is(Control.body(loop).outputs().get(0), true);
    }

    private static int size(Block block) {
        int size = 0;
        for (Node node : block.nodes()) {
            size += 1 + node.blocks().stream().mapToInt(LoopUnrolling::size).sum();
        }
        return size;
    }

    private static void unroll(Node loop) {
        long turns = (Long) Constants.of(loop.input(0));
        List<Value> carried = Control.carried(loop);
        for (long turn = 0; turn < turns; turn++) {
            List<Value> inputs = new ArrayList<>(carried);
            inputs.add(0, Constants.before(loop, turn, Type.INT));
            List<Value> outputs = Control.body(loop).copyBefore(loop, inputs);
            carried = outputs.subList(1, outputs.size());
        }
        Control.replace(loop, carried);
    }
}
