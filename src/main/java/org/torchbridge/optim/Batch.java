package org.torchbridge.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.torchbridge.Device;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.TensorList;

/**
 * Parameters that are updated together, of one type and device and after the same number of steps. The lists of a batch
 * see a complex number as two real ones, as Python's optimizers do.
 */
final class Batch implements AutoCloseable {
    private final List<ParameterState> states = new ArrayList<>();
    private final List<Tensor> gradients = new ArrayList<>();
    private final TensorList.Arena arena = new TensorList.Arena();
    private final boolean complex;

    Batch(boolean complex) {
        this.complex = complex;
    }

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

    /** The number of this step, from 1. */
    long step() {
        return states.get(0).steps() + 1;
    }

    /** Whether nothing has been remembered of these parameters yet. */
    boolean isFresh() {
        return states.get(0).isFresh();
    }

    TensorList parameters() {
        return list(states, ParameterState::parameter);
    }

    TensorList gradients() {
        return list(gradients, gradient -> gradient);
    }

    /** The direction to go away from: the gradients, turned round to maximize, and the decaying weights. */
    TensorList gradients(boolean maximize, double weightDecay) {
        TensorList direction = maximize ? gradients().neg() : gradients();
        return weightDecay == 0 ? direction : direction.add(parameters(), weightDecay);
    }

    /** The tensor called {@code name} of each parameter, zeros at first. */
    TensorList state(String name) {
        return list(states, state -> state.tensor(name));
    }

    /** The tensor called {@code name} of each parameter, full of {@code initial} at first. */
    TensorList state(String name, double initial) {
        return list(states, state -> state.tensor(name, initial));
    }

    /** The number called {@code name}, which all parameters of a batch have in common. */
    float number(String name, double initial) {
        states.forEach(state -> state.number(name, initial));
        return states.get(0).number(name, initial);
    }

    void setNumber(String name, double value) {
        states.forEach(state -> state.setNumber(name, value));
    }

    /** For each parameter the handle of a tensor with the number of this step, as fused operators want it. */
    long[] stepHandles() {
        Device device = states.get(0).parameter().device();
        Tensor step = Torch.scalarTensor(step(), ParameterState.float32().device(device));
        long[] handles = new long[states.size()];
        Arrays.fill(handles, step.handle());
        return handles;
    }

    void countStep() {
        states.forEach(ParameterState::countStep);
    }

    /** Frees what the lists' operators made. */
    @Override
    public void close() {
        arena.close();
    }

    private <T> TensorList list(List<T> elements, Function<T, Tensor> tensor) {
        TensorList list = arena.list(handles(elements, tensor));
        return complex ? list.viewAsReal() : list;
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
