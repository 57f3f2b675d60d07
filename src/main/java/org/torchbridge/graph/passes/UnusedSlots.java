package org.torchbridge.graph.passes;

import java.util.HashSet;
import java.util.Set;
import org.torchbridge.graph.Graph;

/**
 * Takes out the parameters, buffers and attributes that no node reads or writes. The program computes the same, its state
 * dict is smaller.
 */
public final class UnusedSlots {
    private UnusedSlots() {}

    /** Whether a slot was taken out. */
    public static boolean run(Graph graph) {
        Set<String> used = new HashSet<>();
        graph.forEachNode(node -> {
            if (Slots.isRead(node) || Slots.isWritten(node)) {
                used.add(Slots.name(node));
            }
        });
        return graph.slots().keySet().retainAll(used);
    }
}
