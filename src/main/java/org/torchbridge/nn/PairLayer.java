package org.torchbridge.nn;

import java.util.function.BinaryOperator;
import org.torchbridge.Tensor;

/** A module that makes one tensor from two. */
public abstract class PairLayer extends Module implements BinaryOperator<Tensor> {

    /** Makes the output from both inputs. Hooks are not run: use {@link #call}. */
    public abstract Tensor forward(Tensor x1, Tensor x2);

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor x1, Tensor x2) {
        return hooked(inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1)), x1, x2);
    }

    /** {@link #call}: the layer is a function of two tensors, such as a distance for a loss. */
    @Override
    public final Tensor apply(Tensor x1, Tensor x2) {
        return call(x1, x2);
    }
}
