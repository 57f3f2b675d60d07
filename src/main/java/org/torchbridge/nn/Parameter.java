package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;

/**
 * A tensor that a module learns. A field of this type in a {@link Module} is one of its parameters.
 *
 * <p>The tensor stays the same object as long as the parameter lives: loading a state and moving to another device or
 * type change what is in it, so an optimizer that was given the parameter sees every change. Only moving to or from the
 * meta device makes another one. It belongs to no {@link Scope}.
 *
 * <p>{@link Module#compute} puts a parameter in a field whose tensor is computed anew each time it is asked for. Such a
 * one is not among {@link Module#parameters}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html">Parameter</a>.
 */
public sealed class Parameter permits UninitializedParameter, ComputedParameter {
    private @Nullable Tensor data;

    /** A parameter over the memory of {@code data} that requires gradients. */
    public Parameter(Tensor data) {
        this(data, true);
    }

    /** A parameter over the memory of {@code data}; only floating-point and complex ones can require gradients. */
    public Parameter(Tensor data, boolean requiresGrad) {
        this.data = Scope.escape(data.detach()).requiresGrad(requiresGrad);
    }

    /** For one whose tensor is computed. */
    Parameter() {
        this.data = null;
    }

    private Parameter(Tensor data, Void wrapped) {
        this.data = Scope.escape(data);
    }

    /**
     * A parameter whose tensor is this very one, gradient and all, where the constructors make another over its memory:
     * for a tensor that something else than a module holds, too.
     *
     * @throws IllegalArgumentException if an operator made the tensor
     */
    public static Parameter wrap(Tensor leaf) {
        if (!leaf.isLeaf()) {
            throw new IllegalArgumentException(
                    "the tensor was made by " + leaf.gradFunctionName() + "; a leaf is expected");
        }
        return new Parameter(leaf, null);
    }

    public Tensor tensor() {
        return data();
    }

    public boolean requiresGrad() {
        return data().requiresGrad();
    }

    /** Sets whether this parameter is learned; one that is not is frozen. */
    public Parameter requiresGrad(boolean requires) {
        data().requiresGrad(requires);
        return this;
    }

    /** The gradient that {@link Tensor#backward} accumulated, or null. */
    public @Nullable Tensor grad() {
        return data().grad();
    }

    /** What Python prints. */
    @Override
    public String toString() {
        return "Parameter containing:\n" + tensor();
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

    /** A parameter of its own with the same values, without their gradient. */
    Parameter copy() {
        return new Parameter(data.detach().clone(), requiresGrad());
    }
}
