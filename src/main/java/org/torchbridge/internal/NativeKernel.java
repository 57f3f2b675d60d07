package org.torchbridge.internal;

/** JNI entry points for kernels of operators. */
final class NativeKernel {
    static {
        NativeLibraries.load();
    }

    private NativeKernel() {}

    /** Makes {@code kernel} what the operator runs on any device, with whatever gradients that has. It stays for good. */
    static native void register(String name, String overload, OperatorKernel kernel);
}
