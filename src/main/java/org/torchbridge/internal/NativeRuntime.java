package org.torchbridge.internal;

/** JNI entry points for libtorch as a whole. */
public final class NativeRuntime {
    private NativeRuntime() {}

    /** Major, minor and patch version in the three highest bytes. */
    public static native long libtorchVersion();

    public static native void setThreads(int threads);

    public static native int threads();

    public static native void setBlasThreads(int threads);

    /** -1 if the BLAS is not OpenBLAS. */
    public static native int blasThreads();

    public static native String blas();

    public static native String buildConfiguration();

    public static native String parallelInformation();

    public static native String cpuCapability();

    public static native boolean isCudaAvailable();

    public static native int cudaDevices();

    public static native int defaultDType();

    public static native void setDefaultDType(int dtype);

    public static native void setDeterministic(boolean enabled, boolean warnOnly);

    public static native void seedCuda(long seed);
}
