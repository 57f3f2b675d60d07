package org.torchbridge.internal;

/** What native code calls: tensors in, tensors out, as handles that belong to the receiver; 0 is no tensor. */
@FunctionalInterface
public interface TensorCallback {
    /** The results, or null where the caller is to go on with what it has. */
    long[] call(long[] handles);
}
