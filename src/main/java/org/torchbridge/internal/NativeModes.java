package org.torchbridge.internal;

/** JNI entry points for settings that hold for a block of code, in one thread except for anomaly detection. */
public final class NativeModes {
    static {
        NativeLibraries.load();
    }

    private NativeModes() {}

    public static native boolean isAutocastEnabled(int deviceType);

    public static native void setAutocastEnabled(int deviceType, boolean enabled);

    public static native int autocastDType(int deviceType);

    public static native void setAutocastDType(int deviceType, int dtype);

    public static native boolean isAutocastCacheEnabled();

    public static native void setAutocastCacheEnabled(boolean enabled);

    public static native void enterAutocast();

    /** Clears the cache of converted parameters when the outermost block is left. */
    public static native void leaveAutocast();

    public static native boolean isAnomalyEnabled();

    public static native void setAnomaly(boolean enabled, boolean checkNan);

    public static native boolean isMultithreadingEnabled();

    public static native void setMultithreadingEnabled(boolean enabled);

    public static native boolean isForwardGradEnabled();

    public static native void setForwardGradEnabled(boolean enabled);

    public static native long enterDualLevel();

    public static native void exitDualLevel(long level);

    public static native void pushSavedTensorsHooks(TensorPacker packer);

    public static native void popSavedTensorsHooks();

    /** Refuses saved tensors' hooks with a message; null allows them. Returns the message before. */
    public static native String forbidSavedTensorsHooks(String message);
}
