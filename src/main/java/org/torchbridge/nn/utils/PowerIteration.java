package org.torchbridge.nn.utils;

import java.util.stream.LongStream;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.ConvTranspose;
import org.torchbridge.nn.Module;

/** Finds the largest singular value of a weight: its left and right singular vectors, which get better step by step. */
final class PowerIteration {
    private PowerIteration() {}

    /** The dimension of a weight that belongs to the outputs. */
    static int outputDim(Module module) {
        return module instanceof ConvTranspose ? 1 : 0;
    }

    static int requirePositive(int nPowerIterations) {
        if (nPowerIterations <= 0) {
            throw new IllegalArgumentException(
                    "Expected n_power_iterations to be positive, but got n_power_iterations=" + nPowerIterations);
        }
        return nPowerIterations;
    }

    /** A weight as a matrix, whose rows are those of {@code dim}. */
    static Tensor matrix(Tensor weight, long dim) {
        if (dim == 0) {
            return weight.flatten(1);
        }
        long[] others =
                LongStream.range(0, weight.dim()).filter(each -> each != dim).toArray();
        return weight.permute(LongStream.concat(LongStream.of(dim), LongStream.of(others))
                        .toArray())
                .flatten(1);
    }

    /** A random vector of length 1, like {@code weight} in type and device. */
    static Tensor randomVector(Tensor weight, long size, double eps) {
        try (GradMode mode = Torch.noGrad()) {
            return normalize(weight.newEmpty(size).normal_(0, 1), eps);
        }
    }

    static Tensor normalize(Tensor vector, double eps) {
        return vector.div(vector.norm(2, new long[] {0}, true).clampMin(eps));
    }

    /** Makes {@code target} the vector times {@code matrix}, normalised. */
    static void step(Tensor target, Tensor matrix, Tensor vector, double eps) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            target.copy_(normalize(matrix.detach().mv(vector), eps));
        }
    }

    /**
     * The weight divided by its largest singular value. The vectors are copied first: a later step changes them, and
     * the gradient of this one needs them as they are.
     */
    static Tensor divided(Tensor weight, Tensor matrix, Tensor u, Tensor v) {
        return weight.div(u.clone().dot(matrix.mv(v.clone())));
    }
}
