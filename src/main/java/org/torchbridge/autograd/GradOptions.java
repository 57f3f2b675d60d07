package org.torchbridge.autograd;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * What {@link Autograd#grad} may be told besides outputs and inputs.
 *
 * @param gradOutputs what to start from, one for each output; empty if every output has one element
 * @param retainGraph whether the outputs can be derived again; null: as {@code createGraph}
 * @param createGraph whether the gradients can be derived themselves
 * @param allowUnused whether an input may have no influence: its gradient is then null; null: as {@code materializeGrads}
 * @param isGradsBatched whether each of {@code gradOutputs} has a first dimension more, for one derivation each: the
 *     gradients have it too
 * @param materializeGrads whether the gradient of an input without influence is zeros instead of null
 */
public record GradOptions(
        List<@Nullable Tensor> gradOutputs,
        @Nullable Boolean retainGraph,
        boolean createGraph,
        @Nullable Boolean allowUnused,
        boolean isGradsBatched,
        boolean materializeGrads) {

    private static final GradOptions DEFAULT = new GradOptions(List.of(), null, false, null, false, false);

    public GradOptions {
        if (materializeGrads && Boolean.FALSE.equals(allowUnused)) {
            throw new IllegalArgumentException(
                    "allowUnused is false and materializeGrads true: zeros for unused inputs need allowUnused");
        }
    }

    /** PyTorch's defaults. */
    public static GradOptions options() {
        return DEFAULT;
    }

    public GradOptions gradOutputs(List<@Nullable Tensor> gradients) {
        return new GradOptions(gradients, retainGraph, createGraph, allowUnused, isGradsBatched, materializeGrads);
    }

    public GradOptions retainGraph(@Nullable Boolean retain) {
        return new GradOptions(gradOutputs, retain, createGraph, allowUnused, isGradsBatched, materializeGrads);
    }

    public GradOptions createGraph(boolean create) {
        return new GradOptions(gradOutputs, retainGraph, create, allowUnused, isGradsBatched, materializeGrads);
    }

    public GradOptions allowUnused(@Nullable Boolean allow) {
        return new GradOptions(gradOutputs, retainGraph, createGraph, allow, isGradsBatched, materializeGrads);
    }

    public GradOptions isGradsBatched(boolean batched) {
        return new GradOptions(gradOutputs, retainGraph, createGraph, allowUnused, batched, materializeGrads);
    }

    public GradOptions materializeGrads(boolean materialize) {
        return new GradOptions(gradOutputs, retainGraph, createGraph, allowUnused, isGradsBatched, materialize);
    }

    boolean retainsGraph() {
        return retainGraph == null ? createGraph : retainGraph;
    }

    boolean allowsUnused() {
        return allowUnused == null ? materializeGrads : allowUnused;
    }
}
