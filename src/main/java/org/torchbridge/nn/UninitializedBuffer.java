package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/**
 * A buffer whose shape is not known yet: that of a {@link LazyModule} before its first call. It can be moved to another
 * device or type; its tensor is there once {@link #materialize} was called.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.parameter.UninitializedBuffer.html">UninitializedBuffer</a>.
 */
public final class UninitializedBuffer extends Buffer {
    private boolean initialized;

    public UninitializedBuffer() {
        this(TensorOptions.DEFAULT);
    }

    /** One that will be of the given type and on the given device. */
    public UninitializedBuffer(TensorOptions options) {
        this(options, true);
    }

    /** One that will be of the given type and on the given device. */
    public UninitializedBuffer(TensorOptions options, boolean persistent) {
        super(Torch.empty(new long[] {0}, options), persistent);
    }

    /** Gives it the shape, with values that mean nothing: it is a buffer like any other then. */
    public void materialize(long... shape) {
        Uninitialized.materialize(data(), shape);
        initialized = true;
    }

    /** @throws IllegalStateException before {@link #materialize} */
    @Override
    public Tensor tensor() {
        if (!initialized) {
            throw Uninitialized.noShape("buffer");
        }
        return data();
    }

    @Override
    public String toString() {
        return initialized ? super.toString() : "<UninitializedBuffer>";
    }

    @Override
    boolean isUninitialized() {
        return !initialized;
    }

    @Override
    Buffer copy() {
        UninitializedBuffer copy = new UninitializedBuffer(Uninitialized.options(data()), isPersistent());
        if (initialized) {
            copy.data().setData(data().clone());
            copy.initialized = true;
        }
        return copy;
    }
}
