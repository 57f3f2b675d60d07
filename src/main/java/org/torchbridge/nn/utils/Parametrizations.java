package org.torchbridge.nn.utils;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Module;

/**
 * Parametrizations that are ready to use.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/nn.html#module-torch.nn.utils.parametrizations">torch.nn.utils.parametrizations</a>.
 */
public final class Parametrizations {
    private static final int SPECTRAL_WARM_UP = 15;

    private Parametrizations() {}

    /** How an orthogonal matrix is made of one that is learned. */
    public enum OrthogonalMap {
        /** exp(A) of the skew-symmetric part. */
        MATRIX_EXP,
        /** (I + A/2)(I - A/2)⁻¹ of the skew-symmetric part. */
        CAYLEY,
        /** A product of Householder reflections; for real matrices only. */
        HOUSEHOLDER
    }

    // ---- weight norm

    /** Learns the lengths of the rows of {@code weight}, and its direction. */
    public static <M extends Module> M weightNorm(M module) {
        return weightNorm(module, WeightNorm.WEIGHT);
    }

    /** Learns the lengths of the rows of {@code name}, and its direction. */
    public static <M extends Module> M weightNorm(M module, String name) {
        return weightNorm(module, name, 0);
    }

    /**
     * Makes {@code name} of its length g along {@code dim}, {@code original0}, and its direction v, {@code original1}: w =
     * g · v / ‖v‖. States of {@link WeightNorm} can be loaded.
     *
     * @param dim null means the length as a whole
     */
    public static <M extends Module> M weightNorm(M module, String name, @Nullable Integer dim) {
        Parametrize.registerParametrization(module, name, new WeightNormParametrization(dim == null ? -1 : dim), true);
        module.registerLoadStateDictPreHook((self, loading) -> renameOldKeys(loading, name));
        return module;
    }

    private static void renameOldKeys(Module.Loading loading, String name) {
        Map<String, String> newKeys = Map.of(name + "_g", ".original0", name + "_v", ".original1");
        if (newKeys.keySet().stream().allMatch(old -> loading.state().containsKey(loading.prefix() + old))) {
            newKeys.forEach((old, key) -> loading.state()
                    .put(
                            loading.prefix() + "parametrizations." + name + key,
                            loading.state().remove(loading.prefix() + old)));
        }
    }

    private static final class WeightNormParametrization extends Parametrization {
        private final int dim;

        WeightNormParametrization(int dim) {
            this.dim = dim;
        }

        @Override
        public Tensor forward(List<Tensor> originals) {
            return WeightNorm.compute(originals.get(1), originals.get(0), dim);
        }

        @Override
        public List<Tensor> rightInverse(Tensor weight) {
            return List.of(WeightNorm.length(weight, dim), weight);
        }

        @Override
        protected String typeName() {
            return "_WeightNorm";
        }
    }

    // ---- spectral norm

    /** Divides {@code weight} by its largest singular value. */
    public static <M extends Module> M spectralNorm(M module) {
        return spectralNorm(module, WeightNorm.WEIGHT);
    }

    /** Divides {@code name} by its largest singular value, with one step of the power iteration. */
    public static <M extends Module> M spectralNorm(M module, String name) {
        return spectralNorm(module, name, 1, SpectralNorm.DEFAULT_EPS, null);
    }

    /**
     * Divides {@code name} by its largest singular value, which the power iteration estimates each time the parameter is
     * computed in training mode.
     *
     * @param nPowerIterations how many steps of the power iteration are done each time
     * @param eps what the length of a vector is at least taken for
     * @param dim the dimension of the outputs; null means 0, and 1 for transposed convolutions
     */
    public static <M extends Module> M spectralNorm(
            M module, String name, int nPowerIterations, double eps, @Nullable Integer dim) {
        int outputDim = dim == null ? PowerIteration.outputDim(module) : dim;
        Layer parametrization = new SpectralNormParametrization(module.tensor(name), nPowerIterations, outputDim, eps);
        return Parametrize.registerParametrization(module, name, parametrization);
    }

    private static final class SpectralNormParametrization extends Layer implements RightInverse {
        private final int nPowerIterations;
        private final long dim;
        private final double eps;

        SpectralNormParametrization(Tensor weight, int nPowerIterations, int dim, double eps) {
            this.nPowerIterations = PowerIteration.requirePositive(nPowerIterations);
            this.dim = requireDimension(dim, weight);
            this.eps = eps;
            if (weight.dim() > 1) {
                Tensor matrix = PowerIteration.matrix(weight, this.dim);
                add("_u", new Buffer(PowerIteration.randomVector(matrix, matrix.size(0), eps)));
                add("_v", new Buffer(PowerIteration.randomVector(matrix, matrix.size(1), eps)));
                iterate(matrix, SPECTRAL_WARM_UP);
            }
        }

        @Override
        public Tensor forward(Tensor weight) {
            if (weight.dim() == 1) {
                return PowerIteration.normalize(weight, eps);
            }
            Tensor matrix = PowerIteration.matrix(weight, dim);
            if (isTraining()) {
                iterate(matrix, nPowerIterations);
            }
            return PowerIteration.divided(weight, matrix, tensor("_u"), tensor("_v"));
        }

        @Override
        public Tensor rightInverse(Tensor value) {
            return value;
        }

        @Override
        protected String typeName() {
            return "_SpectralNorm";
        }

        private void iterate(Tensor matrix, int steps) {
            for (int i = 0; i < steps; i++) {
                PowerIteration.step(tensor("_u"), matrix, tensor("_v"), eps);
                PowerIteration.step(tensor("_v"), matrix.t(), tensor("_u"), eps);
            }
        }

        private static long requireDimension(int dim, Tensor weight) {
            if (dim < -weight.dim() || dim >= weight.dim()) {
                throw new IllegalArgumentException("Dimension out of range (expected to be in range of [-"
                        + weight.dim() + ", " + (weight.dim() - 1) + "] but got " + dim + ")");
            }
            return dim < 0 ? dim + weight.dim() : dim;
        }
    }

    // ---- orthogonal

    /** Keeps {@code weight} orthogonal. */
    public static <M extends Module> M orthogonal(M module) {
        return orthogonal(module, WeightNorm.WEIGHT);
    }

    /** Keeps {@code name} orthogonal, by the map that suits it. */
    public static <M extends Module> M orthogonal(M module, String name) {
        return orthogonal(module, name, null, true);
    }

    /**
     * Keeps a matrix, or a batch of them, orthogonal: its rows or columns, whichever are fewer, have the length 1 and
     * are orthogonal to each other.
     *
     * @param orthogonalMap null means the matrix exponential for square and complex matrices, else Householder
     *     reflections
     * @param useTrivialization whether a fixed orthogonal matrix, the buffer {@code base}, is put in front, so that the
     *     parameter can be assigned to, whatever the map
     * @throws IllegalArgumentException if the parameter has fewer than two dimensions
     */
    public static <M extends Module> M orthogonal(
            M module, String name, @Nullable OrthogonalMap orthogonalMap, boolean useTrivialization) {
        Tensor weight = module.tensor(name);
        if (weight.dim() < 2) {
            throw new IllegalArgumentException(
                    "Expected a matrix or batch of matrices. Got a tensor of " + weight.dim() + " dimensions.");
        }
        boolean exponential = weight.size(-2) == weight.size(-1) || weight.isComplex();
        OrthogonalMap chosen = exponential ? OrthogonalMap.MATRIX_EXP : OrthogonalMap.HOUSEHOLDER;
        Orthogonal parametrization =
                new Orthogonal(weight, orthogonalMap == null ? chosen : orthogonalMap, useTrivialization);
        return Parametrize.registerParametrization(module, name, parametrization, true);
    }
}
