package org.torchbridge.autograd;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * A {@link Function} of one tensor with one result.
 *
 * <pre>{@code
 * class Sign extends UnaryFunction {
 *     protected Tensor forward(Context context, Tensor input) {
 *         return input.sign();
 *     }
 *
 *     protected Tensor backward(Context context, Tensor gradient) {
 *         return gradient;
 *     }
 * }
 * Tensor y = new Sign().apply(x);
 * }</pre>
 */
public abstract class UnaryFunction extends Function {
    protected abstract Tensor forward(Context context, Tensor input);

    /** The gradient of the input, or null if there is none. */
    protected abstract @Nullable Tensor backward(Context context, Tensor gradient);

    @Override
    protected final List<Tensor> forward(Context context, List<Tensor> inputs) {
        return List.of(forward(context, inputs.get(0)));
    }

    @Override
    protected final List<Tensor> backward(Context context, List<Tensor> gradients) {
        return Collections.singletonList(backward(context, gradients.get(0)));
    }

    /** Runs the function. */
    public final Tensor apply(Tensor input) {
        return apply(List.of(input)).get(0);
    }
}
