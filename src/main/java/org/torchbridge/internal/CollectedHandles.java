package org.torchbridge.internal;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Native tensors whose Java objects are left to the garbage collector.
 *
 * <p>References are not enqueued one by one, which would cost more than the tensors: after each garbage collection, whose
 * end a sentinel tells, a thread looks through the table and frees the handles of all references that were cleared.
 */
public final class CollectedHandles {
    private static final int STRIPES = 16;
    private static final Stripe[] TABLE = new Stripe[STRIPES];

    static {
        Arrays.setAll(TABLE, i -> new Stripe());
        Thread sweeper = new Thread(CollectedHandles::sweepAfterEachCollection, "torchbridge-sweeper");
        sweeper.setDaemon(true);
        sweeper.start();
    }

    private CollectedHandles() {}

    /** A native tensor that lives as long as a Java object, or until it is taken back. */
    public static final class Handle extends PhantomReference<Object> {
        private final Stripe stripe;
        private final long address;
        private final @Nullable Throwable origin;
        private int index;

        private Handle(Object owner, long address, Stripe stripe, @Nullable Throwable origin) {
            super(owner, null);
            this.address = address;
            this.stripe = stripe;
            this.origin = origin;
        }

        /** Takes the handle out of the collector's care; false if it is not in it any more. */
        public boolean remove() {
            return stripe.remove(this);
        }
    }

    /** Frees {@code address} once {@code owner} is unreachable; {@code origin} is where the tensor was made, if known. */
    public static Handle add(Object owner, long address, @Nullable Throwable origin) {
        Stripe stripe = TABLE[(int) Thread.currentThread().getId() & STRIPES - 1];
        Handle handle = new Handle(owner, address, stripe, origin);
        stripe.add(handle);
        return handle;
    }

    /** How many tensors are in the collector's care. */
    public static int count() {
        int count = 0;
        for (Stripe stripe : TABLE) {
            count += stripe.size();
        }
        return count;
    }

    /** Passes on where each tensor in the collector's care was made, as far as that is recorded. */
    public static void forEachOrigin(Consumer<Throwable> action) {
        for (Stripe stripe : TABLE) {
            stripe.forEachOrigin(action);
        }
    }

    /** Frees the handles of the Java objects that the last garbage collection found unreachable. */
    static void sweep() {
        for (Stripe stripe : TABLE) {
            stripe.sweep();
        }
    }

    private static void sweepAfterEachCollection() {
        ReferenceQueue<Object> collections = new ReferenceQueue<>();
        while (true) {
            try {
                WeakReference<Object> sentinel = new WeakReference<>(new Object(), collections);
                collections.remove();
                Reference.reachabilityFence(sentinel);
                sweep();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** A part of the table with a lock of its own: threads seldom meet. */
    private static final class Stripe {
        private static final int BATCH = 1024;

        private Handle[] handles = new Handle[64];
        private int size;

        synchronized void add(Handle handle) {
            if (size == handles.length) {
                handles = Arrays.copyOf(handles, 2 * size);
            }
            handle.index = size;
            handles[size++] = handle;
        }

        synchronized boolean remove(Handle handle) {
            if (handle.index < 0) {
                return false;
            }
            removeAt(handle.index);
            return true;
        }

        synchronized int size() {
            return size;
        }

        synchronized void forEachOrigin(Consumer<Throwable> action) {
            for (int i = 0; i < size; i++) {
                if (handles[i].origin != null) {
                    action.accept(handles[i].origin);
                }
            }
        }

        /** From the end to the beginning, in batches: other threads get the lock in between. */
        void sweep() {
            long[] dead = new long[BATCH];
            int next = size();
            while (next > 0) {
                int count = 0;
                synchronized (this) {
                    next = Math.min(next, size);
                    for (int looked = 0; next > 0 && looked < BATCH; looked++) {
                        Handle handle = handles[--next];
                        if (handle.refersTo(null)) {
                            dead[count++] = handle.address;
                            removeAt(next);
                        }
                    }
                }
                NativeTensor.deleteAll(dead, count);
            }
        }

        private void removeAt(int index) {
            Handle removed = handles[index];
            Handle last = handles[--size];
            handles[index] = last;
            last.index = index;
            handles[size] = null;
            removed.index = -1;
        }
    }
}
