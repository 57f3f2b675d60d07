package org.torchbridge.autograd;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.NativeGraph;

/** Gathers the gradients of several tensors, separately for each backward that is running. */
final class MultiGradHook {
    private static final class Gathering {
        private final List<@Nullable Tensor> gradients;
        private int missing;

        Gathering(int tensors, int reached) {
            this.gradients = new ArrayList<>(Collections.nCopies(tensors, null));
            this.missing = reached;
        }
    }

    private final List<Node> nodes;
    private final Consumer<List<@Nullable Tensor>> hook;
    /** Each is kept by its backward, which may fail before all gradients are there. */
    private final Map<Long, WeakReference<Gathering>> running = new HashMap<>();

    MultiGradHook(List<Tensor> tensors, Consumer<List<@Nullable Tensor>> hook) {
        this.nodes =
                tensors.stream().map(GradientEdge::of).map(GradientEdge::node).toList();
        this.hook = hook;
    }

    /** Takes the gradient of the tensor {@code index}, and leaves it as it is. */
    @Nullable
    Tensor receive(int index, @Nullable Tensor gradient) {
        List<@Nullable Tensor> complete = add(NativeGraph.currentTask(), index, gradient);
        if (complete != null) {
            hook.accept(complete);
        }
        return null;
    }

    private synchronized @Nullable List<@Nullable Tensor> add(long task, int index, @Nullable Tensor gradient) {
        Gathering gathering = of(task);
        gathering.gradients.set(index, gradient);
        if (--gathering.missing > 0) {
            return null;
        }
        running.remove(task);
        return gathering.gradients;
    }

    private Gathering of(long task) {
        WeakReference<Gathering> known = running.get(task);
        Gathering gathering = known == null ? null : known.get();
        if (gathering == null) {
            gathering = new Gathering(nodes.size(), reached());
            NativeGraph.keepUntilBackwardEnds(gathering);
            running.values().removeIf(each -> each.refersTo(null));
            running.put(task, new WeakReference<>(gathering));
        }
        return gathering;
    }

    private int reached() {
        return (int) nodes.stream().filter(Node::willRun).count();
    }
}
