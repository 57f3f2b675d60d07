package org.torchbridge.internal;

/** JNI entry points for compiling TorchScript source. */
final class NativeSource {
    static {
        NativeLibraries.load();
    }

    private NativeSource() {}

    /**
     * Compiles source into methods of {@code object}, or if that is 0 into functions of {@code unit}.
     *
     * @param constants attributes of {@code torch}
     * @return the addresses of the functions, a {@code long[]}, or what is wrong with the source, a {@code byte[]}
     */
    static native Object define(long object, long unit, byte[] source, String[] constants, long[] values);
}
