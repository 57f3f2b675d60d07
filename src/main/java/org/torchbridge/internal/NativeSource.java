package org.torchbridge.internal;

/** JNI entry points for compiling TorchScript source. */
final class NativeSource {
    static {
        NativeLibraries.load();
    }

    private NativeSource() {}

    /** A {@code torch::jit::Resolver}, which belongs to the caller; {@code constants} are attributes of {@code torch}. */
    static native long names(String[] constants, long[] values);
}
