package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;

/**
 * A tensor that a module learns. A field of this type in a {@link Module} is one of its parameters.
 *
 * <p>The tensor stays the same object as long as the parameter lives: loading a state and moving to another device or
 * type change what is in it, so an optimizer that was given the parameter sees every change. It belongs to no
 * {@link Scope}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html">Parameter</a>.
 */
public final class Parameter {
    private final Tensor tensor;

    /** A parameter over the memory of {@code data} that requires gradients. */
    public Parameter(Tensor data) {
        this(data, true);
    }

    /** A parameter over the memory of {@code data}; only floating-point and complex ones can require gradients. */
    public Parameter(Tensor data, boolean requiresGrad) {
        tensor = Scope.escape(data.detach()).requiresGrad(requiresGrad);
    }

    public Tensor tensor() {
        return tensor;
    }

    public boolean requiresGrad() {
        return tensor.requiresGrad();
    }

    /** Sets whether this parameter is learned; one that is not is frozen. */
    public Parameter requiresGrad(boolean requires) {
        tensor.requiresGrad(requires);
        return this;
    }

    /** The gradient that {@link Tensor#backward} accumulated, or null. */
    public @Nullable Tensor grad() {
        return tensor.grad();
    }

    /** What Python prints. */
    @Override
    public String toString() {
        return "Parameter containing:\n" + tensor;
    }
}
