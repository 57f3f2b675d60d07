package org.torchbridge.graph.passes;

import org.torchbridge.graph.Graph;

/**
 * Makes a program as fast as it gets without knowing the machine: {@link InferenceForm}, everything computed ahead that only
 * needs the weights, and fused operators. It no longer trains; its numbers stay within rounding.
 */
public final class Optimization {
    private Optimization() {}

    /** Whether the program became another one. */
    public static boolean run(Graph graph) {
        boolean changed = InferenceForm.run(graph);
        changed |= Simplification.run(graph);
        changed |= RemoveMutation.run(graph);
        changed |= BatchNormFolding.run(graph);
        changed |= GeluFusion.run(graph);
        changed |= LayerNormFusion.run(graph);
        changed |= AttentionFusion.run(graph);
        changed |= LinearFusion.run(graph);
        changed |= TransposeCancelling.run(graph);
        changed |= ConstantFolding.runFrozen(graph);
        changed |= Simplification.run(graph);
        changed |= UnusedSlots.run(graph);
        return changed;
    }
}
