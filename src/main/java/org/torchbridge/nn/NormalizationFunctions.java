package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The part of {@link Functional} for normalisation. */
abstract class NormalizationFunctions extends ActivationFunctions {
    NormalizationFunctions() {}

    /** Batch normalisation by the given mean and variance, as in evaluation. */
    public static Tensor batchNorm(Tensor input, Tensor runningMean, Tensor runningVar) {
        return batchNorm(input, runningMean, runningVar, null, null, false, 0.1, 1e-5);
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
        return Torch.batchNorm(input, weight, bias, runningMean, runningVar, training, momentum, eps, true);
    }
}
