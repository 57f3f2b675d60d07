package org.torchbridge.autograd;

import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.NativeGraph;

/** Passes on the first gradient of several tensors in each backward. */
final class FirstGradHook implements UnaryOperator<@Nullable Tensor> {
    private final Consumer<List<@Nullable Tensor>> hook;
    private long lastTask = -1;

    FirstGradHook(Consumer<List<@Nullable Tensor>> hook) {
        this.hook = hook;
    }

    @Override
    public @Nullable Tensor apply(@Nullable Tensor gradient) {
        if (isFirstOf(NativeGraph.currentTask())) {
            hook.accept(Collections.singletonList(gradient));
        }
        return null;
    }

    private synchronized boolean isFirstOf(long task) {
        boolean first = task != lastTask;
        lastTask = task;
        return first;
    }
}
