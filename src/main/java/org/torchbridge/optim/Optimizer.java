package org.torchbridge.optim;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeAutograd;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.nn.Parameter;

/**
 * Changes parameters step by step along their gradients.
 *
 * <pre>{@code
 * SGD optimizer = new SGD(model.parameters(), SGD.options().lr(0.1).momentum(0.9));
 * optimizer.zeroGrad();
 * loss.forward(model.call(x), y).backward();
 * optimizer.step();
 * }</pre>
 *
 * <p>Parameters are in groups with options of their own; a group's options can change between steps. A parameter
 * without a gradient is passed over.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/optim.html">torch.optim</a>.
 *
 * @param <O> the options of a group
 */
public abstract class Optimizer<O extends Optimizer.Options<O>> {
    private final List<ParamGroup<O>> groups = new ArrayList<>();

    /** The options of a group of parameters: immutable, with at least a learning rate. */
    public interface Options<O extends Options<O>> {
        double lr();

        /** The same options with another learning rate. */
        O lr(double lr);
    }

    /** Which parameters are updated together. */
    private record Kind(int dtype, int device, long steps, boolean fresh) {
        static Kind of(ParameterState state) {
            long handle = state.parameter().handle();
            return new Kind(NativeTensor.dtype(handle), NativeTensor.device(handle), state.steps(), state.isFresh());
        }
    }

    Optimizer(Iterable<Parameter> parameters, O options) {
        addParamGroup(parameters, options);
    }

    /**
     * Adds parameters with options of their own.
     *
     * @throws IllegalArgumentException if there are none, if one is there already, or if one has gaps in its memory
     */
    public final void addParamGroup(Iterable<Parameter> parameters, O options) {
        ParamGroup<O> group = new ParamGroup<>(parameters, options);
        Set<Parameter> known = new HashSet<>();
        groups.forEach(other -> known.addAll(other.parameters()));
        if (!Collections.disjoint(known, group.parameters())) {
            throw new IllegalArgumentException("some parameters appear in more than one parameter group");
        }
        groups.add(group);
    }

    public List<ParamGroup<O>> paramGroups() {
        return Collections.unmodifiableList(groups);
    }

    /** Removes the gradients of all parameters. */
    public void zeroGrad() {
        for (ParamGroup<O> group : groups) {
            NativeAutograd.clearGrads(group.handles());
        }
    }

    /** Changes all parameters that have a gradient. */
    public void step() {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            for (ParamGroup<O> group : groups) {
                for (Batch batch : batches(group)) {
                    update(batch, group.options());
                    batch.countStep();
                }
            }
        }
        Reference.reachabilityFence(this);
    }

    /** Changes the parameters of {@code batch}. Gradients are not recorded, and a scope is open. */
    abstract void update(Batch batch, O options);

    private static Iterable<Batch> batches(ParamGroup<?> group) {
        Map<Kind, Batch> batches = new LinkedHashMap<>();
        for (ParameterState state : group.states()) {
            Tensor gradient = state.parameter().grad();
            if (gradient != null) {
                batches.computeIfAbsent(Kind.of(state), kind -> new Batch()).add(state, gradient);
            }
        }
        return batches.values();
    }
}
