package org.torchbridge.optim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** What an optimizer remembers of one parameter: tensors of its shape under Python's names, and the steps taken. */
final class ParameterState {
    private final Tensor parameter;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private long steps;

    ParameterState(Tensor parameter) {
        this.parameter = parameter;
    }

    Tensor parameter() {
        return parameter;
    }

    long steps() {
        return steps;
    }

    void countStep() {
        steps++;
    }

    /** Whether nothing has been remembered yet. */
    boolean isFresh() {
        return tensors.isEmpty();
    }

    /** The tensor called {@code name}, zeros at first. */
    Tensor tensor(String name) {
        return tensors.computeIfAbsent(name, absent -> Scope.escape(Torch.zerosLike(parameter)));
    }
}
