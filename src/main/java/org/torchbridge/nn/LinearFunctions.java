package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The part of {@link Functional} for linear maps and distances. */
abstract class LinearFunctions {
    LinearFunctions() {}

    /** {@code input} · {@code weight}ᵀ: input (*, in), weight (out, in), result (*, out). */
    public static Tensor linear(Tensor input, Tensor weight) {
        return linear(input, weight, null);
    }

    /** {@code input} · {@code weight}ᵀ + {@code bias}: input (*, in), weight (out, in), bias (out), result (*, out). */
    public static Tensor linear(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return Torch.linear(input, weight, bias);
    }

    public static Tensor bilinear(Tensor input1, Tensor input2, Tensor weight) {
        return bilinear(input1, input2, weight, null);
    }

    /** See {@link Bilinear}: inputs (*, in1) and (*, in2), weight (out, in1, in2), bias (out), result (*, out). */
    public static Tensor bilinear(Tensor input1, Tensor input2, Tensor weight, @Nullable Tensor bias) {
        return Torch.bilinear(input1, input2, weight, bias);
    }

    public static Tensor cosineSimilarity(Tensor x1, Tensor x2) {
        return cosineSimilarity(x1, x2, 1, 1e-8);
    }

    public static Tensor cosineSimilarity(Tensor x1, Tensor x2, long dim) {
        return cosineSimilarity(x1, x2, dim, 1e-8);
    }

    /** See {@link CosineSimilarity}. */
    public static Tensor cosineSimilarity(Tensor x1, Tensor x2, long dim, double eps) {
        return Torch.cosineSimilarity(x1, x2, dim, eps);
    }

    public static Tensor pairwiseDistance(Tensor x1, Tensor x2) {
        return pairwiseDistance(x1, x2, PairwiseDistance.options());
    }

    /** See {@link PairwiseDistance}. */
    public static Tensor pairwiseDistance(Tensor x1, Tensor x2, PairwiseDistance.Options options) {
        return Torch.pairwiseDistance(x1, x2, options.p(), options.eps(), options.keepdim());
    }

    public static Tensor pdist(Tensor input) {
        return pdist(input, 2);
    }

    /** The p-norms of the differences of all pairs of rows: input (N, D), result (N · (N - 1) / 2). */
    public static Tensor pdist(Tensor input, double p) {
        return Torch.pdist(input, p);
    }
}
