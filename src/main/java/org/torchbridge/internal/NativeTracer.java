package org.torchbridge.internal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * JNI entry points for libtorch's tracer, which records the operators that a thread runs, and the gate for what must not be
 * recorded: memory that Java fills would be garbage when the record is replayed. The gate costs one read where nothing is
 * traced anywhere.
 */
public final class NativeTracer {
    private static final AtomicInteger RUNNING = new AtomicInteger();
    private static final ThreadLocal<@Nullable Consumer<String>> READS = new ThreadLocal<>();

    static {
        NativeLibraries.load();
    }

    private NativeTracer() {}

    /** Whether this thread's operators are recorded. */
    public static boolean isTracing() {
        return RUNNING.get() != 0 && isTracingHere();
    }

    /** To be called when a tensor's values go to Java: a trace goes on with them as they are now. */
    public static void valueRead(String what) {
        if (isTracing()) {
            READS.get().accept(what + " at " + CallSite.current());
        }
    }

    /** What {@code action} makes, which a trace sees as a constant: without a record of how it was made. */
    public static <T> T unrecorded(Supplier<T> action) {
        long paused = RUNNING.get() == 0 ? 0 : suspend();
        if (paused == 0) {
            return action.get();
        }
        try {
            return action.get();
        } finally {
            restore(paused);
        }
    }

    /**
     * A handle of the graph of what {@code forward} does to tensors, none of which is there twice.
     *
     * @param nodes gets the address of each node when its operator is about to run
     * @param reads gets what is read out of tensors, and where
     */
    static long trace(
            long[] inputs, String[] names, TensorCallback forward, LongConsumer nodes, Consumer<String> reads) {
        RUNNING.incrementAndGet();
        READS.set(reads);
        try {
            return record(inputs, names, forward, nodes);
        } finally {
            READS.remove();
            RUNNING.decrementAndGet();
        }
    }

    private static native long record(long[] inputs, String[] names, TensorCallback forward, LongConsumer nodes);

    /** The address of a handle's {@code torch::jit::Graph}. */
    static native long graph(long handle);

    static native void delete(long handle);

    private static native boolean isTracingHere();

    private static native long suspend();

    private static native void restore(long paused);
}
