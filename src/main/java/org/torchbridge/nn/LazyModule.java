package org.torchbridge.nn;

import java.util.List;

/**
 * A module that finds out from its first inputs how large its parameters are. Until then they are an
 * {@link UninitializedParameter} or {@link UninitializedBuffer}.
 *
 * <p>A lazy class extends the one it becomes: after the first call it prints as its superclass.
 *
 * <pre>{@code
 * public class LazyScale extends Scale implements LazyModule {
 *     public LazyScale() {
 *         super(0);
 *         weight = new UninitializedParameter();
 *     }
 *
 *     @Override
 *     public void initializeParameters(List<Object> inputs) {
 *         if (hasUninitializedParams()) {
 *             ((UninitializedParameter) weight).materialize(((Tensor) inputs.get(0)).size(-1));
 *             resetParameters();
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>Move it to its device and type first, then call it once, and only then give its parameters to an optimizer. A
 * state dict can be loaded before the first call: it gives the parameters their shapes. In the state dict of a module
 * that was not called yet, a parameter without a shape is null.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.modules.lazy.LazyModuleMixin.html">LazyModuleMixin</a>.
 */
public interface LazyModule {

    /**
     * Gives the parameters and buffers their shapes and first values, unless a state that was loaded has done so. Runs
     * before the first forward and its hooks.
     *
     * @param inputs what the module is called with
     */
    void initializeParameters(List<Object> inputs);

    /** Whether a parameter or buffer of this module itself waits for its shape. */
    default boolean hasUninitializedParams() {
        return ((Module) this).isUninitialized();
    }
}
