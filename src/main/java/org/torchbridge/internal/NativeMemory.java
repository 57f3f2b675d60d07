package org.torchbridge.internal;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps native memory bounded although the garbage collector sees only the small Java objects of tensors. The native
 * allocator counts bytes; once they exceed a budget, the operator that makes the next tensor calls {@link #collect}.
 */
public final class NativeMemory {
    private static final long MEBIBYTE = 1 << 20;

    /** How many bytes may be allocated after a collection before the next: a number with k, m or g behind it. */
    private static final String STEP_PROPERTY = "torchbridge.memory.step";

    /** {@code tuned} (default) or {@code system}: whether malloc is told to keep big blocks. */
    private static final String MALLOC_PROPERTY = "torchbridge.malloc";

    private static final long DEFAULT_STEP = 256 * MEBIBYTE;
    private static final ReentrantLock COLLECTING = new ReentrantLock();
    private static long step;

    private NativeMemory() {}

    /** Installs the counting allocator; returns what was done, for people. */
    static String configure() {
        boolean tuned = !System.getProperty(MALLOC_PROPERTY, "tuned").equals("system")
                && tuneMalloc((int) (1024 * MEBIBYTE), Integer.MAX_VALUE, (int) (64 * MEBIBYTE));
        step = stepSize();
        install();
        setBudget(step);
        return "counting, collects after " + step / MEBIBYTE + " MiB, malloc "
                + (tuned ? "keeps big blocks" : "as the system sets it");
    }

    /** Bytes of all CPU tensors' storages that libtorch allocated. */
    public static native long liveBytes();

    /** Frees tensors that nothing refers to any more, after a garbage collection if need be. Called from native code. */
    static void collect() {
        if (!COLLECTING.tryLock()) {
            return;
        }
        try {
            long before = liveBytes();
            CollectedHandles.sweep();
            if (before - liveBytes() < step / 2) {
                System.gc();
                CollectedHandles.sweep();
            }
            // A large live set gets a larger step: it would be collected in vain again and again.
            setBudget(liveBytes() + Math.max(step, liveBytes() / 2));
        } finally {
            COLLECTING.unlock();
        }
    }

    private static long stepSize() {
        String text = System.getProperty(STEP_PROPERTY);
        if (text == null) {
            return DEFAULT_STEP;
        }
        long unit = 1L << 10 * ("kmg".indexOf(Character.toLowerCase(text.charAt(text.length() - 1))) + 1);
        return Long.parseLong(text.replaceAll("[kKmMgG]$", "")) * unit;
    }

    private static native void install();

    private static native void setBudget(long bytes);

    private static native boolean tuneMalloc(int mmapThreshold, int trimThreshold, int topPad);
}
