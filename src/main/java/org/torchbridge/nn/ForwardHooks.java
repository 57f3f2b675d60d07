package org.torchbridge.nn;

import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.RemovableHandle;
import org.torchbridge.internal.HookList;

/** The hooks that run around a module's forward. */
final class ForwardHooks {
    private final HookList<Module.ForwardPreHook> before;
    private final HookList<After> after;

    /** A hook and whether it runs even if what comes before it fails. */
    private record After(Module.ForwardHook hook, boolean always) {}

    ForwardHooks() {
        this(new HookList<>(), new HookList<>());
    }

    private ForwardHooks(HookList<Module.ForwardPreHook> before, HookList<After> after) {
        this.before = before;
        this.after = after;
    }

    RemovableHandle add(Module.ForwardPreHook hook, boolean prepend) {
        return before.add(hook, prepend)::run;
    }

    RemovableHandle add(Module.ForwardHook hook, boolean prepend, boolean always) {
        return after.add(new After(hook, always), prepend)::run;
    }

    void remove(Object hook) {
        before.removeIf(hook::equals);
        after.removeIf(each -> each.hook.equals(hook));
    }

    boolean isEmpty() {
        return before.isEmpty() && after.isEmpty();
    }

    ForwardHooks copy(UnaryOperator<Object> copier) {
        return new ForwardHooks(
                before.copy(hook -> (Module.ForwardPreHook) copier.apply(hook)),
                after.copy(each -> new After((Module.ForwardHook) copier.apply(each.hook), each.always)));
    }

    /** Runs {@code forward} on {@code inputs} with the hooks before and after it, and those for its gradients. */
    @SuppressWarnings("unchecked") // a hook that makes something else of an output fails where it is used
    <T> T run(Module module, Function<List<Object>, T> forward, BackwardHooks hooks, List<Object> inputs) {
        List<Object> given = inputs;
        Iterator<After> waiting = after.iterator();
        Object output = null;
        try {
            for (Module.ForwardPreHook hook : before) {
                List<Object> replacement = hook.apply(module, given);
                given = replacement == null ? given : replacement;
            }
            BackwardCall backward = hooks.call(module);
            output = forward.apply(backward == null ? given : backward.inputs(given));
            while (waiting.hasNext()) {
                output = replaced(output, waiting.next().hook.apply(module, given, output));
            }
            return (T) (backward == null ? output : backward.output(output));
        } catch (RuntimeException | Error failure) {
            runAlways(waiting, module, given, output, failure);
            throw failure;
        }
    }

    /** What these hooks throw is added to the failure that is reported. */
    private static void runAlways(
            Iterator<After> waiting, Module module, List<Object> given, @Nullable Object output, Throwable failure) {
        Object latest = output;
        while (waiting.hasNext()) {
            After each = waiting.next();
            try {
                latest = each.always ? replaced(latest, each.hook.apply(module, given, latest)) : latest;
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private static @Nullable Object replaced(@Nullable Object output, @Nullable Object replacement) {
        return replacement == null ? output : replacement;
    }
}
