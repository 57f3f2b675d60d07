package org.torchbridge.internal;

/**
 * JNI entry points for the graph of gradients. A node's handle counts a reference and is freed by {@link #delete}; 0 is no
 * node.
 */
public final class NativeGraph {
    static {
        NativeLibraries.load();
    }

    private NativeGraph() {}

    /** The name of the function that made the tensor, {@code "AddBackward0"}, or null for a leaf. */
    public static native String functionName(long tensor);

    /** The node of the function that made the tensor, 0 for a leaf. */
    public static native long function(long tensor);

    /** The node that the tensor's gradient goes to, a leaf's accumulator too, and the number of its input. */
    public static native long[] gradientEdge(long tensor);

    public static native void delete(long node);

    /** Equal for two handles of one node. */
    public static native long identity(long node);

    public static native String name(long node);

    public static native long sequenceNumber(long node);

    /** A node's handle and the number of its input for each output; 0 where no gradient is needed. */
    public static native long[] nextEdges(long node);

    /** The hooks on the tensor's gradient; {@code made} becomes them if there are none. */
    public static native Object tensorHooks(long tensor, TensorCallback made);

    public static native Object accumulationHooks(long tensor, TensorCallback made);

    public static native Object preHooks(long node, TensorCallback made);

    /** As {@link #preHooks}, for callbacks that get what the node computed, followed by what it was given. */
    public static native Object postHooks(long node, TensorCallback made);

    /** A node whose backward gets the outputs' gradients, followed by the saved tensors, and gives those of the inputs. */
    public static native long javaNode(String name, TensorCallback backward, long[] inputs);

    /**
     * New handles of {@code outputs} as outputs of {@code node}, or of no node.
     *
     * @param derivative gives the outputs' tangents for those of the inputs
     */
    public static native long[] wrapOutputs(
            long node,
            long[] inputs,
            long[] outputs,
            long[] notDifferentiable,
            long[] dirty,
            long[] saved,
            TensorCallback derivative);

    /** The number of the backward that this thread is running, or -1. */
    public static native long currentTask();

    /** Keeps an object until the backward that this thread is running has ended, whether it succeeds or not. */
    public static native void keepUntilBackwardEnds(Object object);

    /** Whether the backward that this thread is running will reach the node. */
    public static native boolean willRun(long node);

    public static native void incrementVersion(long tensor);
}
