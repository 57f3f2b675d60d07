package org.torchbridge.nn;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.RemovableHandle;

/** The hooks that run around a module's forward. */
final class ForwardHooks {
    private final List<Registration<Module.ForwardPreHook>> before = new CopyOnWriteArrayList<>();
    private final List<Registration<Module.ForwardHook>> after = new CopyOnWriteArrayList<>();

    /** Not a record, so that one hook which is registered twice makes two that are not equal. */
    private static final class Registration<H> {
        private final H hook;

        Registration(H hook) {
            this.hook = hook;
        }
    }

    RemovableHandle add(Module.ForwardPreHook hook) {
        return add(before, hook);
    }

    RemovableHandle add(Module.ForwardHook hook) {
        return add(after, hook);
    }

    /** Runs {@code forward} on {@code inputs} with the hooks before and after it. */
    @SuppressWarnings("unchecked") // a hook that makes something else of an output fails where it is used
    <T> T run(Module module, Function<List<Object>, T> forward, @Nullable Object... inputs) {
        List<Object> given = Collections.unmodifiableList(Arrays.asList(inputs));
        for (Registration<Module.ForwardPreHook> each : before) {
            List<Object> replacement = each.hook.apply(module, given);
            given = replacement == null ? given : replacement;
        }
        T output = forward.apply(given);
        for (Registration<Module.ForwardHook> each : after) {
            Object replacement = each.hook.apply(module, given, output);
            output = replacement == null ? output : (T) replacement;
        }
        return output;
    }

    private static <H> RemovableHandle add(List<Registration<H>> hooks, H hook) {
        Registration<H> registration = new Registration<>(hook);
        hooks.add(registration);
        return () -> hooks.remove(registration);
    }
}
