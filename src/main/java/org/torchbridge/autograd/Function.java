package org.torchbridge.autograd;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * A function with a derivative of its own: {@code forward} computes, without a graph being recorded, and {@code backward}
 * gives the gradients of the inputs for those of the outputs. Numbers and other settings are fields of the subclass.
 *
 * <pre>{@code
 * class Exp extends Function {
 *     protected List<Tensor> forward(Context context, List<Tensor> inputs) {
 *         Tensor result = inputs.get(0).exp();
 *         context.saveForBackward(result);
 *         return List.of(result);
 *     }
 *
 *     protected List<Tensor> backward(Context context, List<Tensor> gradients) {
 *         return List.of(gradients.get(0).mul(context.savedTensors().get(0)));
 *     }
 * }
 * Tensor y = new Exp().apply(List.of(x)).get(0);
 * }</pre>
 *
 * <p>For one tensor in and one out, {@link UnaryFunction} is shorter. Gradients of gradients work where backward consists
 * of differentiable operations. In the graph, the function is named after its class: {@code ExpBackward}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/autograd.html#function">torch.autograd.Function</a>.
 */
public abstract class Function {
    /**
     * Computes the outputs. An input that is returned as it is becomes a view of itself.
     *
     * @param context keeps what backward needs
     * @param inputs as they were given to {@link #apply}; null where null was given
     */
    protected abstract List<Tensor> forward(Context context, List<Tensor> inputs);

    /**
     * The gradients of the inputs, one for each; null where there is none.
     *
     * @param gradients one for each output; see {@link Context#setMaterializeGrads} for outputs that were not used
     */
    protected abstract List<Tensor> backward(Context context, List<Tensor> gradients);

    /**
     * The tangents of the outputs, for {@link ForwardAd}; {@link Context#savedTensors} has what forward saved.
     *
     * @param tangents one for each input that is not null
     */
    protected List<Tensor> jvp(Context context, List<Tensor> tangents) {
        throw new UnsupportedOperationException(
                getClass().getName() + " has no forward-mode derivative; override jvp to give it one");
    }

    /**
     * Whether backward cannot be derived itself: it then runs without a graph, and deriving its gradients fails instead of
     * giving wrong numbers. The default is false.
     */
    protected boolean onceDifferentiable() {
        return false;
    }

    /** Runs the function. */
    public final List<Tensor> apply(@Nullable Tensor... inputs) {
        return apply(Arrays.asList(inputs));
    }

    /** Runs the function. An input that is null is passed on as null. */
    public final List<Tensor> apply(List<@Nullable Tensor> inputs) {
        return new FunctionCall(this, inputs).run(inputs);
    }

    /** The name in the graph. */
    final String nodeName() {
        String name = getClass().getSimpleName();
        return (name.isEmpty() ? "Function" : name) + "Backward";
    }
}
