package org.torchbridge.nn;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.torchbridge.RemovableHandle;

/** Hooks of one kind in the order in which they run. They can be added and removed while they do. */
final class HookList<H> implements Iterable<H> {
    private final List<Registration<H>> registrations = new CopyOnWriteArrayList<>();

    /** Not a record, so that one hook which is registered twice makes two that are not equal. */
    private static final class Registration<H> {
        private final H hook;

        Registration(H hook) {
            this.hook = hook;
        }
    }

    RemovableHandle add(H hook) {
        return add(hook, false);
    }

    RemovableHandle add(H hook, boolean prepend) {
        Registration<H> registration = new Registration<>(hook);
        registrations.add(prepend ? 0 : registrations.size(), registration);
        return () -> registrations.remove(registration);
    }

    void removeIf(Predicate<? super H> condition) {
        registrations.removeIf(registration -> condition.test(registration.hook));
    }

    boolean isEmpty() {
        return registrations.isEmpty();
    }

    /** The same hooks, or what {@code copier} makes of them, to be removed on their own. */
    HookList<H> copy(UnaryOperator<H> copier) {
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
