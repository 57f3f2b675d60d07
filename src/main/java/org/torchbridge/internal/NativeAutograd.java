package org.torchbridge.internal;

/** JNI entry points for gradients. */
public final class NativeAutograd {
    static {
        NativeLibraries.load();
    }

    private NativeAutograd() {}

    public static native boolean requiresGrad(long handle);

    /** A new handle of the gradient, 0 if there is none. */
    public static native long grad(long handle);

    /** New handles of several tensors' gradients, 0 where there is none. */
    public static native long[] grads(long[] handles);

    /** Makes {@code gradient} the gradient of {@code handle}; 0 removes it. */
    public static native void setGrad(long handle, long gradient);

    public static native void clearGrads(long[] handles);

    /** Accumulates gradients; {@code retainGraph} is -1 for "as {@code createGraph}". */
    public static native void backward(
            long[] tensors, long[] gradients, int retainGraph, boolean createGraph, long[] inputs);

    public static native long[] gradients(
            long[] outputs, long[] inputs, long[] gradients, int retainGraph, boolean createGraph, boolean allowUnused);

    public static native boolean isGradEnabled();

    public static native void setGradEnabled(boolean enabled);
}
