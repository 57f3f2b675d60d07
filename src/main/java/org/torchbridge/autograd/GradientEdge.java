package org.torchbridge.autograd;

import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.NativeGraph;

/**
 * A place in the graph that a gradient goes to: one of the outputs of the function that a node derives.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.autograd.graph.GradientEdge.html">
 * torch.autograd.graph.GradientEdge</a>.
 *
 * @param node the node, or null where no gradient is needed
 * @param outputNr the number of the output
 */
public record GradientEdge(@Nullable Node node, int outputNr) {
    /**
     * The place that the gradient of {@code tensor} goes to: for a leaf, the node that accumulates it.
     *
     * @throws IllegalArgumentException if the tensor needs no gradient
     */
    public static GradientEdge of(Tensor tensor) {
        if (!tensor.requiresGrad()) {
            throw new IllegalArgumentException("a tensor that needs no gradient has no place in the graph");
        }
        long[] edge = NativeGraph.gradientEdge(tensor.handle());
        Reference.reachabilityFence(tensor);
        return new GradientEdge(Node.adopt(edge[0]), (int) edge[1]);
    }
}
