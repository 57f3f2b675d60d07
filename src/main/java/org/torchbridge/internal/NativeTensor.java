package org.torchbridge.internal;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** JNI entry points for handles, shapes and memory of tensors. A handle is the address of an {@code at::Tensor}. */
public final class NativeTensor {
    static {
        NativeLibraries.load();
    }

    private NativeTensor() {}

    public static native void delete(long handle);

    /** Deletes the first {@code count} handles; zeros are passed over. */
    public static native void deleteAll(long[] handles, int count);

    /** A second handle of the same tensor. */
    public static native long share(long handle);

    /** The same for all handles of one tensor. */
    public static native long identity(long handle);

    public static native long[] shape(long handle);

    public static native long[] strides(long handle);

    public static native long dim(long handle);

    public static native long numel(long handle);

    public static native long storageOffset(long handle);

    public static native long storageBytes(long handle);

    public static native int dtype(long handle);

    public static native int layout(long handle);

    public static native int device(long handle);

    /** The names of the dimensions, null where one has none; null if none has. */
    public static native @Nullable String @Nullable [] names(long handle);

    /** The address of the first element; dense tensors on the CPU only. */
    public static native long dataAddress(long handle);

    /** The elements' memory; the caller keeps the tensor alive as long as the buffer is used. */
    public static native ByteBuffer buffer(long handle);

    /** Copies a contiguous tensor into a primitive array of {@code bytes} bytes. */
    public static native void copyToArray(long handle, Object array, long bytes);

    /** Copies a primitive array of {@code bytes} bytes into a contiguous tensor. */
    public static native void copyFromArray(long handle, Object array, long bytes);

    /** Where a direct buffer's memory begins, 0 for another buffer. */
    public static native long bufferAddress(Buffer buffer);

    /**
     * A tensor over {@code bytes} bytes of memory at {@code address}, which {@code owner} keeps valid for as long as it
     * is reachable; the tensor and all its views keep it so. {@code offset} and {@code strides} count elements.
     */
    public static native long overMemory(
            long address, long bytes, int dtype, long offset, long[] shape, long[] strides, @Nullable Object owner);
}
