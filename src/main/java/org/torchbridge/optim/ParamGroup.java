package org.torchbridge.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Parameter;

/** Parameters of an {@link Optimizer} with common options. */
public final class ParamGroup<O extends Optimizer.Options<O>> {
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<ParameterState> states = new ArrayList<>();
    private O options;

    ParamGroup(Iterable<Parameter> parameters, O options) {
        parameters.forEach(this.parameters::add);
        this.options = options;
        if (this.parameters.isEmpty()) {
            throw new IllegalArgumentException("optimizer got an empty parameter list");
        }
        if (new HashSet<>(this.parameters).size() < this.parameters.size()) {
            throw new IllegalArgumentException("a parameter appears twice in one parameter group");
        }
        for (Parameter parameter : this.parameters) {
            requireDense(parameter.tensor());
            states.add(new ParameterState(parameter.tensor()));
        }
    }

    public List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    public O options() {
        return options;
    }

    /** Sets what the next step does. */
    public void options(O options) {
        this.options = options;
    }

    public double lr() {
        return options.lr();
    }

    /** Sets the learning rate of the next step. */
    public void lr(double lr) {
        options = options.lr(lr);
    }

    List<ParameterState> states() {
        return states;
    }

    long[] handles() {
        return Batch.handles(states, ParameterState::parameter);
    }

    /** The fused operators go through memory element by element, so a view with gaps would be written over its gaps. */
    private static void requireDense(Tensor tensor) {
        // A tensor like this one has the same strides exactly if there are no gaps and no overlaps to leave out.
        Scope.run(() -> {
            if (!Arrays.equals(tensor.strides(), Torch.emptyLike(tensor).strides())) {
                throw new IllegalArgumentException("a parameter with shape " + Arrays.toString(tensor.shape())
                        + " and strides " + Arrays.toString(tensor.strides())
                        + " has gaps in its memory; make it from tensor.contiguous()");
            }
        });
    }
}
