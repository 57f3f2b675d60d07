package org.torchbridge.nn;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Tensor;

/**
 * A module that makes one tensor from one: what a {@link Sequential} is made of. A class extends it with its
 * {@link #forward}; who uses it calls {@link #call}, which runs the hooks around it.
 */
public abstract class Layer extends Module {
    // Transient, so that hooks which are modules themselves are not taken for children.
    private final transient List<Registration<ForwardPreHook>> preHooks = new CopyOnWriteArrayList<>();
    private final transient List<Registration<ForwardHook>> hooks = new CopyOnWriteArrayList<>();

    /** Sees what a layer is given; what it returns, unless null, takes its place. */
    @FunctionalInterface
    public interface ForwardPreHook {
        @Nullable
        Tensor apply(Layer layer, Tensor input);
    }

    /** Sees what a layer was given and made; what it returns, unless null, takes the place of the output. */
    @FunctionalInterface
    public interface ForwardHook {
        @Nullable
        Tensor apply(Layer layer, Tensor input, Tensor output);
    }

    /** Not a record, so that one hook which is registered twice makes two that are not equal. */
    private static final class Registration<H> {
        private final H hook;

        Registration(H hook) {
            this.hook = hook;
        }
    }

    /** Makes the output from the input. Hooks are not run: use {@link #call}. */
    public abstract Tensor forward(Tensor input);

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor input) {
        Tensor given = input;
        for (Registration<ForwardPreHook> each : preHooks) {
            Tensor replacement = each.hook.apply(this, given);
            given = replacement == null ? given : replacement;
        }
        Tensor output = forward(given);
        for (Registration<ForwardHook> each : hooks) {
            Tensor replacement = each.hook.apply(this, given, output);
            output = replacement == null ? output : replacement;
        }
        return output;
    }

    /** Runs {@code hook} before each {@link #forward}, in the order of registration. */
    public RemovableHandle registerForwardPreHook(ForwardPreHook hook) {
        return register(preHooks, hook);
    }

    /** Runs {@code hook} after each {@link #forward}, in the order of registration. */
    public RemovableHandle registerForwardHook(ForwardHook hook) {
        return register(hooks, hook);
    }

    private static <H> RemovableHandle register(List<Registration<H>> hooks, H hook) {
        Registration<H> registration = new Registration<>(hook);
        hooks.add(registration);
        return () -> hooks.remove(registration);
    }
}
