package org.torchbridge.internal;

/** A tensor on its way from a room to the presets: the handle of a {@code Tensor} that the caller keeps alive. */
public record TensorHandle(long handle) {}
