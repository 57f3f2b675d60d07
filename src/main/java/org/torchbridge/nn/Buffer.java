package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;

/**
 * A tensor that belongs to a module and is not learned, such as a running mean. A field of this type in a
 * {@link Module} is one of its buffers.
 *
 * <p>The tensor stays the same object as long as the buffer lives; write to it in place. It belongs to no
 * {@link Scope}. As with a {@link Parameter}, {@link Module#compute} makes an exception.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html">Buffer</a>.
 */
public sealed class Buffer permits UninitializedBuffer, ComputedBuffer {
    private @Nullable Tensor data;
    private final boolean persistent;

    /** A buffer over the memory of {@code data} that is part of the state dict. */
    public Buffer(Tensor data) {
        this(data, true);
    }

    /** A buffer over the memory of {@code data}; {@code persistent} says whether it is part of the state dict. */
    public Buffer(Tensor data, boolean persistent) {
        this.data = Scope.escape(data.detach());
        this.persistent = persistent;
    }

    /** For one whose tensor is computed. */
    Buffer(boolean persistent) {
        this.data = null;
        this.persistent = persistent;
    }

    private Buffer(Tensor data, Void wrapped) {
        this.data = Scope.escape(data);
        this.persistent = true;
    }

    /** A buffer whose tensor is this very one, where the constructors make another over its memory. */
    public static Buffer wrap(Tensor tensor) {
        return new Buffer(tensor, null);
    }

    public Tensor tensor() {
        return data();
    }

    public boolean isPersistent() {
        return persistent;
    }

    @Override
    public String toString() {
        return tensor().toString();
    }

    /** The tensor, even if it has no shape yet. */
    Tensor data() {
        return data;
    }

    void data(Tensor tensor) {
        data = tensor;
    }

    /** Whether it waits for its shape. */
    boolean isUninitialized() {
        return false;
    }

    /** A buffer of its own with the same values. */
    Buffer copy() {
        return new Buffer(data.clone(), persistent);
    }
}
