package org.torchbridge.internal;

/** JNI entry points of the profiler, of which there is one at a time. */
public final class NativeProfiler {
    static {
        NativeLibraries.load();
    }

    private NativeProfiler() {}

    /** Counts what this thread runs from now on, with the backwards it starts; the result is for {@link #stop}. */
    public static native long start();

    /**
     * A line for each function: its name, how often it ran, nanoseconds, and those without the functions it called; tabs
     * between them.
     */
    public static native String stop(long handle);
}
