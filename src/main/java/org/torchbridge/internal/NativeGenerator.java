package org.torchbridge.internal;

/** JNI entry points for random generators of the CPU; handle 0 is libtorch's default one. */
public final class NativeGenerator {
    static {
        NativeLibraries.load();
    }

    private NativeGenerator() {}

    public static native long create(long seed);

    public static native void delete(long handle);

    public static native void setSeed(long handle, long seed);

    public static native long seed(long handle);

    /** A handle of a new tensor of bytes that holds the state. */
    public static native long state(long handle);

    public static native void setState(long handle, long state);
}
