package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The hooks in one place of the graph, in the order they were added: native code calls them all as one. */
public abstract class HookList<H> implements TensorCallback {
    private final Map<Object, H> hooks = new LinkedHashMap<>();

    /** Adds {@code hook}; the result takes it away again. */
    public synchronized Runnable add(H hook) {
        Object key = new Object();
        hooks.put(key, hook);
        return () -> remove(key);
    }

    private synchronized void remove(Object key) {
        hooks.remove(key);
    }

    /** The hooks there are now: one may remove itself while it runs. */
    protected synchronized List<H> all() {
        return new ArrayList<>(hooks.values());
    }
}
