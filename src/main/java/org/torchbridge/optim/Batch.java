package org.torchbridge.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Parameters that are updated together, of one type and device and after the same number of steps. */
final class Batch {
    private final List<ParameterState> states = new ArrayList<>();
    private final List<Tensor> gradients = new ArrayList<>();

    void add(ParameterState state, Tensor gradient) {
        states.add(state);
        gradients.add(likeParameter(gradient, state.parameter()));
    }

    List<ParameterState> states() {
        return states;
    }

    Tensor gradient(int index) {
        return gradients.get(index);
    }

    /** The steps that were taken before this one. */
    long steps() {
        return states.get(0).steps();
    }

    /** Whether nothing has been remembered of these parameters yet. */
    boolean isFresh() {
        return states.get(0).isFresh();
    }

    long[] parameterHandles() {
        return handles(states, ParameterState::parameter);
    }

    long[] gradientHandles() {
        return handles(gradients, gradient -> gradient);
    }

    /** The handles of the tensor called {@code name} of each parameter. */
    long[] stateHandles(String name) {
        return handles(states, state -> state.tensor(name));
    }

    void countStep() {
        states.forEach(ParameterState::countStep);
    }

    static <T> long[] handles(List<T> elements, Function<T, Tensor> tensor) {
        long[] handles = new long[elements.size()];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = tensor.apply(elements.get(i)).handle();
        }
        return handles;
    }

    /** The gradient in the parameter's order in memory, which the fused operators rely on. */
    private static Tensor likeParameter(Tensor gradient, Tensor parameter) {
        return Arrays.equals(gradient.strides(), parameter.strides())
                ? gradient
                : Torch.emptyLike(parameter).copy_(gradient);
    }
}
