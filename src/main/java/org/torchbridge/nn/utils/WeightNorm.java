package org.torchbridge.nn.utils;

import java.lang.ref.Reference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeOperators;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;

/**
 * Weight norm: a weight w = g · v / ‖v‖ is learned as its length g, called {@code weight_g}, and its direction v, called
 * {@code weight_v}.
 *
 * <p>{@link Parametrizations#weightNorm} does the same as a parametrization; this one has the state-dict keys of files
 * made before there were any.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.utils.weight_norm.html">torch.nn.utils.weight_norm</a>.
 */
public final class WeightNorm {
    static final String WEIGHT = "weight";
    private static final String LENGTH = "_g";
    private static final String DIRECTION = "_v";
    private static final int WHOLE = -1;

    private WeightNorm() {}

    /** What makes the weight of the two. */
    private record Norm(String name, int dim) implements Function<Module, Tensor> {
        @Override
        public Tensor apply(Module module) {
            return compute(module.tensor(name + DIRECTION), module.tensor(name + LENGTH), dim);
        }
    }

    /** Learns the lengths of the rows of {@code weight}. */
    public static <M extends Module> M weightNorm(M module) {
        return weightNorm(module, WEIGHT);
    }

    /** Learns the lengths of the rows of the parameter {@code name}. */
    public static <M extends Module> M weightNorm(M module, String name) {
        return weightNorm(module, name, 0);
    }

    /**
     * Learns the lengths of the parameter {@code name} along {@code dim}, or, if that is null, its length as a whole.
     *
     * @throws IllegalStateException if it is learned so already
     */
    public static <M extends Module> M weightNorm(M module, String name, @Nullable Integer dim) {
        if (module.computed().get(name) instanceof Norm) {
            throw new IllegalStateException("the parameter '" + name + "' has a weight norm already");
        }
        int normDim = dim == null ? WHOLE : dim;
        Tensor weight = module.getParameter(name).tensor();
        module.add(name + LENGTH, new Parameter(length(weight, normDim)));
        module.add(name + DIRECTION, new Parameter(weight));
        module.compute(name, new Norm(name, normDim));
        return module;
    }

    /** Makes {@code weight} a parameter again. */
    public static <M extends Module> M removeWeightNorm(M module) {
        return removeWeightNorm(module, WEIGHT);
    }

    /**
     * Makes {@code name} a parameter again, with the values it has now.
     *
     * @throws IllegalArgumentException if it has no weight norm
     */
    public static <M extends Module> M removeWeightNorm(M module, String name) {
        if (!(module.computed().get(name) instanceof Norm norm)) {
            throw new IllegalArgumentException("weight_norm of '" + name + "' not found in " + module);
        }
        module.setParameter(name, new Parameter(norm.apply(module)));
        module.delete(name + LENGTH);
        module.delete(name + DIRECTION);
        return module;
    }

    static Tensor length(Tensor weight, int dim) {
        try (GradMode mode = Torch.noGrad()) {
            return Torch.normExceptDim(weight, 2, dim);
        }
    }

    static Tensor compute(Tensor direction, Tensor length, int dim) {
        Tensor weight = Adoption.adopt(NativeOperators._weight_norm(direction.handle(), length.handle(), dim));
        Reference.reachabilityFence(direction);
        Reference.reachabilityFence(length);
        return weight;
    }
}
