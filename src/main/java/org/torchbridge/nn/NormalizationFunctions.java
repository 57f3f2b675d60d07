package org.torchbridge.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The part of {@link Functional} for normalisation. */
abstract class NormalizationFunctions extends ActivationFunctions {
    private static final boolean CUDNN = true;

    NormalizationFunctions() {}

    /** Batch normalisation by the given mean and variance, as in evaluation. */
    public static Tensor batchNorm(Tensor input, Tensor runningMean, Tensor runningVar) {
        return batchNorm(input, runningMean, runningVar, null, null, false, 0.1, 1e-5);
    }

    public static Tensor batchNorm(
            Tensor input, Tensor runningMean, Tensor runningVar, @Nullable Tensor weight, @Nullable Tensor bias) {
        return batchNorm(input, runningMean, runningVar, weight, bias, false);
    }

    public static Tensor batchNorm(
            Tensor input,
            @Nullable Tensor runningMean,
            @Nullable Tensor runningVar,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            boolean training) {
        return batchNorm(input, runningMean, runningVar, weight, bias, training, 0.1, 1e-5);
    }

    /**
     * Batch normalisation of input (N, C, *); all others are (C).
     *
     * @param training whether to normalise by the batch's own mean and variance and to update the running ones
     * @param momentum the share of the batch in the running values
     */
    public static Tensor batchNorm(
            Tensor input,
            @Nullable Tensor runningMean,
            @Nullable Tensor runningVar,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            boolean training,
            double momentum,
            double eps) {
        if (training) {
            requireSeveral(input, input.size(0) * elements(input, 2));
        }
        return Torch.batchNorm(input, weight, bias, runningMean, runningVar, training, momentum, eps, CUDNN);
    }

    /** Instance normalisation by the input's own mean and variance. */
    public static Tensor instanceNorm(Tensor input) {
        return instanceNorm(input, null, null, null, null, true, 0.1, 1e-5);
    }

    /**
     * Instance normalisation of input (N, C, *); all others are (C).
     *
     * @param useInputStats whether to normalise by the input's own mean and variance and to update the running ones
     * @param momentum the share of the input in the running values
     */
    public static Tensor instanceNorm(
            Tensor input,
            @Nullable Tensor runningMean,
            @Nullable Tensor runningVar,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            boolean useInputStats,
            double momentum,
            double eps) {
        if (useInputStats) {
            requireSeveral(input, elements(input, 2));
        }
        return Torch.instanceNorm(input, weight, bias, runningMean, runningVar, useInputStats, momentum, eps, CUDNN);
    }

    public static Tensor layerNorm(Tensor input, long... normalizedShape) {
        return layerNorm(input, normalizedShape, null, null, 1e-5);
    }

    public static Tensor layerNorm(
            Tensor input, long[] normalizedShape, @Nullable Tensor weight, @Nullable Tensor bias) {
        return layerNorm(input, normalizedShape, weight, bias, 1e-5);
    }

    /** See {@link LayerNorm}. */
    public static Tensor layerNorm(
            Tensor input, long[] normalizedShape, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
        return Torch.layerNorm(input, normalizedShape, weight, bias, eps, CUDNN);
    }

    public static Tensor rmsNorm(Tensor input, long... normalizedShape) {
        return rmsNorm(input, normalizedShape, null, null);
    }

    /** See {@link RMSNorm}. */
    public static Tensor rmsNorm(Tensor input, long[] normalizedShape, @Nullable Tensor weight, @Nullable Double eps) {
        return Torch.rmsNorm(input, normalizedShape, weight, eps);
    }

    public static Tensor groupNorm(Tensor input, long numGroups) {
        return groupNorm(input, numGroups, null, null, 1e-5);
    }

    public static Tensor groupNorm(Tensor input, long numGroups, @Nullable Tensor weight, @Nullable Tensor bias) {
        return groupNorm(input, numGroups, weight, bias, 1e-5);
    }

    /** See {@link GroupNorm}. */
    public static Tensor groupNorm(
            Tensor input, long numGroups, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
        if (input.dim() < 2) {
            throw new IllegalArgumentException("the input of groupNorm has the shape " + Arrays.toString(input.shape())
                    + "; two or more dimensions are expected: (N, C, *)");
        }
        requireSeveral(input, input.size(0) * input.size(1) / numGroups * elements(input, 2));
        return Torch.groupNorm(input, numGroups, weight, bias, eps, CUDNN);
    }

    public static Tensor localResponseNorm(Tensor input, long size) {
        return localResponseNorm(input, size, LocalResponseNorm.options());
    }

    /** See {@link LocalResponseNorm}. */
    public static Tensor localResponseNorm(Tensor input, long size, LocalResponseNorm.Options options) {
        if (input.dim() < 3) {
            throw new IllegalArgumentException("the input of localResponseNorm has " + input.dim()
                    + " dimensions; three or more are expected: (N, C, *)");
        }
        if (input.numel() == 0) {
            return input;
        }
        Tensor squares = input.mul(input).reshape(input.size(0), 1, input.size(1), -1);
        Tensor padded = Torch.constantPadNd(squares, new long[] {0, 0, size / 2, (size - 1) / 2});
        Tensor means =
                Torch.avgPool2d(padded, new long[] {size, 1}, new long[] {1, 1}).reshape(input.shape());
        return input.div(means.mul(options.alpha()).add(options.k()).pow(options.beta()));
    }

    public static Tensor normalize(Tensor input) {
        return normalize(input, 2, 1, 1e-12);
    }

    public static Tensor normalize(Tensor input, double p) {
        return normalize(input, p, 1);
    }

    public static Tensor normalize(Tensor input, double p, long dim) {
        return normalize(input, p, dim, 1e-12);
    }

    /**
     * x / max(‖x‖, eps), the p-norm along {@code dim}; without them p is 2, the dimension 1 and eps 1e-12. Python's
     * {@code out} is left out.
     */
    public static Tensor normalize(Tensor input, double p, long dim, double eps) {
        Tensor norm = Torch.linalgVectorNorm(input, p, new long[] {dim}, true);
        return input.div(norm.clampMin(eps));
    }

    /** How many elements the dimensions from {@code first} on have. */
    private static long elements(Tensor input, int first) {
        long[] shape = input.shape();
        long elements = 1;
        for (int i = first; i < shape.length; i++) {
            elements *= shape[i];
        }
        return elements;
    }

    /** Refuses to take a variance of one value. */
    private static void requireSeveral(Tensor input, long values) {
        if (values == 1) {
            throw new IllegalArgumentException("the input has the shape " + Arrays.toString(input.shape())
                    + ", which is one value to take a mean and a variance of; more than one is expected");
        }
    }
}
