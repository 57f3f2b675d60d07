package org.torchbridge.optim;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.torchbridge.RemovableHandle;

/** Functions to be called at one moment, in order. */
final class Hooks<H> {
    private final List<Entry<H>> entries = new CopyOnWriteArrayList<>();

    /** Tells two registrations of one function apart. */
    private static final class Entry<H> {
        final H hook;

        Entry(H hook) {
            this.hook = hook;
        }
    }

    /** Registers {@code hook}, as the first one if {@code prepend}. */
    RemovableHandle add(H hook, boolean prepend) {
        Entry<H> entry = new Entry<>(hook);
        entries.add(prepend ? 0 : entries.size(), entry);
        return () -> entries.remove(entry);
    }

    void forEach(Consumer<H> call) {
        for (Entry<H> entry : entries) {
            call.accept(entry.hook);
        }
    }
}
