package org.torchbridge.internal;

/** Takes a tensor that the graph wants to save; the result gives it back, once for each time it is needed. */
@FunctionalInterface
public interface TensorPacker {
    TensorCallback pack(long handle);
}
