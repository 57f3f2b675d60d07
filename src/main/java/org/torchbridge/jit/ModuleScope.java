package org.torchbridge.jit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.torchbridge.RemovableHandle;
import org.torchbridge.nn.Module;

/** Knows which module of a tree is running, by hooks, until it is closed. */
final class ModuleScope implements AutoCloseable {
    private final Deque<String> running = new ArrayDeque<>();
    private final List<RemovableHandle> hooks = new ArrayList<>();

    ModuleScope(Module root) {
        root.namedModules().forEach(this::watch);
    }

    private void watch(String path, Module module) {
        hooks.add(module.registerForwardPreHook(
                (called, inputs) -> {
                    running.push(path);
                    return null;
                },
                true));
        hooks.add(module.registerForwardHook(
                (called, inputs, output) -> {
                    running.pop();
                    return null;
                },
                false,
                true));
    }

    /** The path of the module that is running; empty for the outermost one, or if none is. */
    String path() {
        return running.isEmpty() ? "" : running.peek();
    }

    @Override
    public void close() {
        hooks.forEach(RemovableHandle::remove);
    }
}
