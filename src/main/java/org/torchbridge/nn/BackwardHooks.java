package org.torchbridge.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Torch;
import org.torchbridge.internal.HookList;

/** The hooks that run when gradients go through a module. */
final class BackwardHooks {
    private final HookList<Module.FullBackwardPreHook> before;
    private final HookList<Module.FullBackwardHook> after;

    BackwardHooks() {
        this(new HookList<>(), new HookList<>());
    }

    private BackwardHooks(HookList<Module.FullBackwardPreHook> before, HookList<Module.FullBackwardHook> after) {
        this.before = before;
        this.after = after;
    }

    RemovableHandle add(Module.FullBackwardPreHook hook, boolean prepend) {
        return before.add(hook, prepend)::run;
    }

    RemovableHandle add(Module.FullBackwardHook hook, boolean prepend) {
        return after.add(hook, prepend)::run;
    }

    void remove(Object hook) {
        before.removeIf(hook::equals);
        after.removeIf(hook::equals);
    }

    boolean isEmpty() {
        return before.isEmpty() && after.isEmpty();
    }

    BackwardHooks copy(UnaryOperator<Object> copier) {
        return new BackwardHooks(
                before.copy(hook -> (Module.FullBackwardPreHook) copier.apply(hook)),
                after.copy(hook -> (Module.FullBackwardHook) copier.apply(hook)));
    }

    /** What runs these hooks for one call of {@code module}; null if there are none or no gradients are recorded. */
    @Nullable
    BackwardCall call(Module module) {
        if (isEmpty() || !Torch.isGradEnabled()) {
            return null;
        }
        List<Module.FullBackwardPreHook> beforeNow = new ArrayList<>();
        before.forEach(beforeNow::add);
        List<Module.FullBackwardHook> afterNow = new ArrayList<>();
        after.forEach(afterNow::add);
        return new BackwardCall(module, beforeNow, afterNow);
    }
}
