package org.torchbridge.internal;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Hooks of one kind in the order in which they run. They can be added and removed while they do. */
public class HookList<H> implements Iterable<H> {
    private final List<Registration<H>> registrations = new CopyOnWriteArrayList<>();

    /** Not a record, so that one hook which is registered twice makes two that are not equal. */
    private static final class Registration<H> {
        private final H hook;

        Registration(H hook) {
            this.hook = hook;
        }
    }

    /** Adds {@code hook} at the end; the result takes it away again, and does nothing the second time. */
    public Runnable add(H hook) {
        return add(hook, false);
    }

    /** Adds {@code hook} at the end, or at the beginning if {@code prepend}. */
    public Runnable add(H hook, boolean prepend) {
        Registration<H> registration = new Registration<>(hook);
        registrations.add(prepend ? 0 : registrations.size(), registration);
        return () -> registrations.remove(registration);
    }

    public void removeIf(Predicate<? super H> condition) {
        registrations.removeIf(registration -> condition.test(registration.hook));
    }

    public boolean isEmpty() {
        return registrations.isEmpty();
    }

    /** The same hooks, or what {@code copier} makes of them, to be removed on their own. */
    public HookList<H> copy(UnaryOperator<H> copier) {
        HookList<H> copy = new HookList<>();
        forEach(hook -> copy.add(copier.apply(hook)));
        return copy;
    }

    @Override
    public Iterator<H> iterator() {
        Iterator<Registration<H>> each = registrations.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return each.hasNext();
            }

            @Override
            public H next() {
                return each.next().hook;
            }
        };
    }
}
