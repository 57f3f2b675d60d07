package org.torchbridge.nn;

import java.util.function.Function;
import org.torchbridge.Tensor;

/** Holds the place of a parameter or buffer that its module computes; it is neither itself. */
sealed interface Computed permits ComputedParameter, ComputedBuffer {

    Module owner();

    Function<Module, Tensor> computation();

    /** The same computation for another module, the copy of the one this belongs to. */
    Computed of(Module owner);
}
