package org.torchbridge.graph.passes;

import java.util.Map;
import org.torchbridge.Scope;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Slot;

/**
 * Makes a program as fast as it gets without knowing the machine: {@link InferenceForm}, everything computed ahead that only
 * needs the weights, and fused operators. It no longer trains; its numbers stay within rounding.
 */
public final class Optimization {
    private Optimization() {}

    /** Whether the program became another one. */
    public static boolean run(Graph graph) {
        boolean changed = InferenceForm.run(graph) | endTraining(graph);
        changed |= Simplification.run(graph);
        changed |= RemoveMutation.run(graph);
        changed |= BatchNormFolding.run(graph);
        changed |= GeluFusion.run(graph);
        changed |= ActivationFusion.run(graph);
        changed |= LayerNormFusion.run(graph);
        changed |= AttentionFusion.run(graph);
        changed |= LinearFusion.run(graph);
        changed |= TransposeCancelling.run(graph);
        changed |= ConstantFolding.runFrozen(graph);
        changed |= Simplification.run(graph);
        changed |= UnusedSlots.run(graph);
        return changed;
    }

    /** Parameters become buffers without gradients. */
    private static boolean endTraining(Graph graph) {
        boolean changed = false;
        for (Map.Entry<String, Slot> entry : graph.slots().entrySet()) {
            Slot slot = entry.getValue();
            if (slot.kind() == Slot.Kind.PARAMETER) {
                entry.setValue(new Slot(
                        Slot.Kind.BUFFER,
                        slot.type(),
                        Scope.escape(slot.tensor().detach())));
                changed = true;
            }
        }
        return changed;
    }
}
