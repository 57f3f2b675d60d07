package org.torchbridge.autograd;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Tensor;
import org.torchbridge.internal.HookList;
import org.torchbridge.internal.NativeGraph;
import org.torchbridge.internal.TensorCallback;

/**
 * A function in the graph of gradients: Python's {@code tensor.grad_fn}. It keeps the graph below it in memory.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/autograd.html#autograd-graph">torch.autograd.graph.Node</a>.
 */
public final class Node {
    private static final Cleaner CLEANER = Cleaner.create();

    private final long handle;

    private Node(long handle) {
        this.handle = handle;
        CLEANER.register(this, () -> NativeGraph.delete(handle));
    }

    /** The node of a handle that is Java's now; null for 0. */
    static @Nullable Node adopt(long handle) {
        return handle == 0 ? null : new Node(handle);
    }

    /** The function that made {@code tensor}, or null if it is a leaf. */
    public static @Nullable Node of(Tensor tensor) {
        Node node = adopt(NativeGraph.function(tensor.handle()));
        Reference.reachabilityFence(tensor);
        return node;
    }

    long handle() {
        return handle;
    }

    /** {@code "AddBackward0"}, or the class name of a {@link Function} and {@code "Backward"}. */
    public String name() {
        String name = NativeGraph.name(handle);
        Reference.reachabilityFence(this);
        return name;
    }

    /** Where the gradients of the function's inputs go, one place for each input. */
    public List<GradientEdge> nextFunctions() {
        long[] words = NativeGraph.nextEdges(handle);
        Reference.reachabilityFence(this);
        List<GradientEdge> edges = new ArrayList<>();
        for (int i = 0; i < words.length; i += 2) {
            edges.add(new GradientEdge(adopt(words[i]), (int) words[i + 1]));
        }
        return edges;
    }

    /**
     * Calls {@code hook} when this node has run, with the gradients of the function's inputs and those of its outputs. What
     * it returns takes the place of the former; null leaves them as they are. A missing gradient is null in the lists.
     */
    public RemovableHandle registerHook(
            BiFunction<List<@Nullable Tensor>, List<@Nullable Tensor>, @Nullable List<@Nullable Tensor>> hook) {
        PostHooks hooks = (PostHooks)
                NativeGraph.postHooks(handle, new PostHooks(nextFunctions().size()));
        Reference.reachabilityFence(this);
        return hooks.add(hook)::run;
    }

    /**
     * Calls {@code hook} before this node runs, with the gradients of the function's outputs. What it returns takes their
     * place; null leaves them as they are.
     */
    public RemovableHandle registerPrehook(UnaryOperator<@Nullable List<@Nullable Tensor>> hook) {
        PreHooks hooks = (PreHooks) NativeGraph.preHooks(handle, new PreHooks());
        Reference.reachabilityFence(this);
        return hooks.add(hook)::run;
    }

    /** Whether the backward that this thread is running will run this node. */
    boolean willRun() {
        boolean will = NativeGraph.willRun(handle);
        Reference.reachabilityFence(this);
        return will;
    }

    private long identity() {
        long identity = NativeGraph.identity(handle);
        Reference.reachabilityFence(this);
        return identity;
    }

    /** Two objects are equal if they are the same node. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Node node && identity() == node.identity();
    }

    @Override
    public int hashCode() {
        return Long.hashCode(identity());
    }

    /** As in Python: {@code <AddBackward0 object at 0x7f3a2c0d1e50>}. */
    @Override
    public String toString() {
        return "<" + name() + " object at 0x" + Long.toHexString(identity()) + ">";
    }

    private static final class PreHooks extends HookList<UnaryOperator<@Nullable List<@Nullable Tensor>>>
            implements TensorCallback {
        @Override
        public long[] call(long[] handles) {
            List<@Nullable Tensor> gradients = Handles.adopt(handles);
            for (UnaryOperator<@Nullable List<@Nullable Tensor>> hook : this) {
                gradients = replaced(gradients, hook.apply(gradients));
            }
            return Handles.shared(gradients);
        }
    }

    private static final class PostHooks
            extends HookList<
                    BiFunction<List<@Nullable Tensor>, List<@Nullable Tensor>, @Nullable List<@Nullable Tensor>>>
            implements TensorCallback {
        private final int computed;

        PostHooks(int computed) {
            this.computed = computed;
        }

        @Override
        public long[] call(long[] handles) {
            List<@Nullable Tensor> gradients = Handles.adopt(handles);
            List<@Nullable Tensor> results = gradients.subList(0, computed);
            List<@Nullable Tensor> given = gradients.subList(computed, gradients.size());
            for (var hook : this) {
                results = replaced(results, hook.apply(results, given));
            }
            return Handles.shared(results);
        }
    }

    private static List<@Nullable Tensor> replaced(
            List<@Nullable Tensor> gradients, @Nullable List<@Nullable Tensor> changed) {
        if (changed != null && changed.size() != gradients.size()) {
            throw new IllegalArgumentException(
                    "a hook returned " + changed.size() + " gradients; " + gradients.size() + " are expected");
        }
        return changed == null ? gradients : changed;
    }
}
