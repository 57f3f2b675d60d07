package org.torchbridge.graph.passes;

import org.torchbridge.graph.Graph;

/** The passes that make any program smaller, in turn, until none finds anything. */
public final class Simplification {
    private static final int MOST_ROUNDS = 10;

    private Simplification() {}

    /** Whether the program became another one. */
    public static boolean run(Graph graph) {
        boolean changed = false;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            boolean again = ConstantFolding.run(graph);
            again |= ListLowering.run(graph);
            again |= TupleLowering.run(graph);
            again |= CommonSubexpressions.run(graph);
            again |= DeadCode.run(graph);
            if (!again) {
                break;
            }
            changed = true;
        }
        return changed;
    }
}
