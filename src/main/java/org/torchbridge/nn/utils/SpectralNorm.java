package org.torchbridge.nn.utils;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;

/**
 * Spectral norm: a weight is divided by its largest singular value, which a step of the power iteration before each
 * forward in training mode estimates. What is learned is {@code weight_orig}; the singular vectors are the buffers
 * {@code weight_u} and {@code weight_v}.
 *
 * <p>{@link Parametrizations#spectralNorm} does the same as a parametrization; this one has the state-dict keys of files
 * made before there were any.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.utils.spectral_norm.html">torch.nn.utils.spectral_norm</a>.
 */
public final class SpectralNorm {
    static final double DEFAULT_EPS = 1e-12;
    private static final String ORIGINAL = "_orig";
    private static final String LEFT = "_u";
    private static final String RIGHT = "_v";

    private SpectralNorm() {}

    /** What makes the weight of the original, and makes the vectors better before a forward. */
    private record Norm(String name, int nPowerIterations, double eps, int dim)
            implements Function<Module, Tensor>, Module.ForwardPreHook {
        @Override
        public Tensor apply(Module module) {
            Tensor weight = module.tensor(name + ORIGINAL);
            return PowerIteration.divided(
                    weight,
                    PowerIteration.matrix(weight, dim),
                    module.tensor(name + LEFT),
                    module.tensor(name + RIGHT));
        }

        @Override
        public @Nullable List<Object> apply(Module module, List<Object> inputs) {
            if (module.isTraining()) {
                Tensor matrix = PowerIteration.matrix(module.tensor(name + ORIGINAL), dim);
                Tensor left = module.tensor(name + LEFT);
                Tensor right = module.tensor(name + RIGHT);
                for (int i = 0; i < nPowerIterations; i++) {
                    PowerIteration.step(right, matrix.t(), left, eps);
                    PowerIteration.step(left, matrix, right, eps);
                }
            }
            return null;
        }
    }

    /** Divides {@code weight} by its largest singular value, with one step of the power iteration each time. */
    public static <M extends Module> M spectralNorm(M module) {
        return spectralNorm(module, WeightNorm.WEIGHT);
    }

    /** Divides the parameter {@code name} by its largest singular value, with one step of the power iteration. */
    public static <M extends Module> M spectralNorm(M module, String name) {
        return spectralNorm(module, name, 1, DEFAULT_EPS, null);
    }

    /**
     * Divides the parameter {@code name} by its largest singular value.
     *
     * @param nPowerIterations how many steps of the power iteration are done before each forward in training mode
     * @param eps what the length of a vector is at least taken for
     * @param dim the dimension of the outputs; null means 0, and 1 for transposed convolutions
     * @throws IllegalStateException if it is divided so already
     */
    public static <M extends Module> M spectralNorm(
            M module, String name, int nPowerIterations, double eps, @Nullable Integer dim) {
        if (module.computed().get(name) instanceof Norm) {
            throw new IllegalStateException("the parameter '" + name + "' has a spectral norm already");
        }
        int outputDim = dim == null ? PowerIteration.outputDim(module) : dim;
        Norm norm = new Norm(name, PowerIteration.requirePositive(nPowerIterations), eps, outputDim);
        Parameter original = module.getParameter(name);
        Tensor matrix = PowerIteration.matrix(original.tensor(), outputDim);
        Tensor left = PowerIteration.randomVector(matrix, matrix.size(0), eps);
        Tensor right = PowerIteration.randomVector(matrix, matrix.size(1), eps);
        module.add(name + ORIGINAL, original);
        module.add(name + LEFT, new Buffer(left));
        module.add(name + RIGHT, new Buffer(right));
        module.compute(name, norm);
        module.registerForwardPreHook(norm);
        return module;
    }

    /** Makes {@code weight} a parameter again. */
    public static <M extends Module> M removeSpectralNorm(M module) {
        return removeSpectralNorm(module, WeightNorm.WEIGHT);
    }

    /**
     * Makes {@code name} a parameter again, with the values it has now.
     *
     * @throws IllegalArgumentException if it has no spectral norm
     */
    public static <M extends Module> M removeSpectralNorm(M module, String name) {
        if (!(module.computed().get(name) instanceof Norm norm)) {
            throw new IllegalArgumentException("spectral_norm of '" + name + "' not found in " + module);
        }
        try (GradMode mode = Torch.noGrad()) {
            module.setParameter(name, new Parameter(norm.apply(module)));
        }
        List.of(ORIGINAL, LEFT, RIGHT).forEach(suffix -> module.delete(name + suffix));
        module.removeHook(norm);
        return module;
    }
}
