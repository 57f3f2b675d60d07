package org.torchbridge.graph.passes;

import org.torchbridge.Scope;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Schemas;

/**
 * Makes layers on the CPU into operators with packed weights, for a program that {@link Optimization} was run on. Sizes stay
 * open. The program no longer has gradients, its images come in batches, it stays on its device and cannot be saved.
 */
public final class Packing {
    private Packing() {}

    /** Whether a layer was packed. */
    public static boolean run(Graph graph) {
        return run(graph, false);
    }

    /** The same, with linear layers and convolutions in bfloat16 where the processor has instructions for that. */
    public static boolean run(Graph graph, boolean bfloat16) {
        if (Schemas.of("mkldnn::_convolution_pointwise").isEmpty()) {
            return false; // a libtorch without oneDNN
        }
        return Scope.call(() -> pack(graph, bfloat16));
    }

    private static boolean pack(Graph graph, boolean bfloat16) {
        WeightLists.run(graph);
        PackedWeights packed = new PackedWeights(graph);
        ProjectionMerging.run(graph);
        if (bfloat16) {
            Bfloat16.run(graph);
        }
        boolean changed = LinearPacking.run(graph, packed);
        changed |= new LstmPacking(graph, packed).run(graph);
        changed |= new GruPacking(graph, packed).run(graph);
        if ((ConvolutionPacking.isFor(graph) || TransposedPacking.isFor(graph)) && LastChannels.run(graph)) {
            ConvolutionPacking.declareShapes(graph);
            Simplification.run(graph);
            changed |= ConvolutionPacking.run(graph, packed);
            changed |= TransposedPacking.run(graph, packed);
        }
        if (changed) {
            Simplification.run(graph);
            UnusedSlots.run(graph);
        }
        return changed;
    }
}
