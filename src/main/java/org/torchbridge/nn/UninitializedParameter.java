package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/**
 * A parameter whose shape is not known yet: that of a {@link LazyModule} before its first call. It can be moved to
 * another device or type; its tensor is there once {@link #materialize} was called.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.parameter.UninitializedParameter.html">UninitializedParameter</a>.
 */
public final class UninitializedParameter extends Parameter {
    private boolean initialized;

    public UninitializedParameter() {
        this(true);
    }

    public UninitializedParameter(boolean requiresGrad) {
        this(requiresGrad, TensorOptions.DEFAULT);
    }

    /** One that will be of the given type and on the given device. */
    public UninitializedParameter(boolean requiresGrad, TensorOptions options) {
        super(Torch.empty(new long[] {0}, options), requiresGrad);
    }

    /** Gives it the shape, with values that mean nothing: it is a parameter like any other then. */
    public void materialize(long... shape) {
        Uninitialized.materialize(data(), shape);
        initialized = true;
    }

    /** @throws IllegalStateException before {@link #materialize} */
    @Override
    public Tensor tensor() {
        if (!initialized) {
            throw Uninitialized.noShape("parameter");
        }
        return data();
    }

    @Override
    public String toString() {
        return initialized ? super.toString() : "<UninitializedParameter>";
    }

    @Override
    boolean isUninitialized() {
        return !initialized;
    }

    @Override
    Parameter copy() {
        UninitializedParameter copy = new UninitializedParameter(requiresGrad(), Uninitialized.options(data()));
        if (initialized) {
            copy.data().setData(data().detach().clone());
            copy.initialized = true;
        }
        return copy;
    }
}
