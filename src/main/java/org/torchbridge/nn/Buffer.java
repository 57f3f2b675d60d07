package org.torchbridge.nn;

import org.torchbridge.Scope;
import org.torchbridge.Tensor;

/**
 * A tensor that belongs to a module and is not learned, such as a running mean. A field of this type in a
 * {@link Module} is one of its buffers.
 *
 * <p>The tensor stays the same object as long as the buffer lives; write to it in place. It belongs to no
 * {@link Scope}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html">Buffer</a>.
 */
public final class Buffer {
    private final Tensor tensor;
    private final boolean persistent;

    /** A buffer over the memory of {@code data} that is part of the state dict. */
    public Buffer(Tensor data) {
        this(data, true);
    }

    /** A buffer over the memory of {@code data}; {@code persistent} says whether it is part of the state dict. */
    public Buffer(Tensor data, boolean persistent) {
        this.tensor = Scope.escape(data.detach());
        this.persistent = persistent;
    }

    public Tensor tensor() {
        return tensor;
    }

    public boolean isPersistent() {
        return persistent;
    }

    @Override
    public String toString() {
        return tensor.toString();
    }
}
