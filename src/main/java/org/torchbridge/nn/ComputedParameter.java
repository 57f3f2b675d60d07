package org.torchbridge.nn;

import java.util.function.Function;
import org.torchbridge.Tensor;

/** Has no tensor of its own: a computation makes one of its module each time it is asked for. */
final class ComputedParameter extends Parameter implements Computed {
    private final Module owner;
    private final Function<Module, Tensor> computation;

    ComputedParameter(Module owner, Function<Module, Tensor> computation) {
        this.owner = owner;
        this.computation = computation;
    }

    @Override
    public Module owner() {
        return owner;
    }

    @Override
    public Function<Module, Tensor> computation() {
        return computation;
    }

    @Override
    public Computed of(Module newOwner) {
        return new ComputedParameter(newOwner, computation);
    }

    @Override
    Tensor data() {
        return computation.apply(owner);
    }
}
