package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * x₁ · x₂ / (max(‖x₁‖, eps) · max(‖x₂‖, eps)) along a dimension, 1 unless given, which the output lacks; eps is 1e-8
 * unless given. Inputs of shapes that broadcast.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html">CosineSimilarity</a>.
 */
public class CosineSimilarity extends PairLayer {
    private final long dim;
    private final double eps;

    public CosineSimilarity() {
        this(1);
    }

    public CosineSimilarity(long dim) {
        this(dim, 1e-8);
    }

    public CosineSimilarity(long dim, double eps) {
        this.dim = dim;
        this.eps = eps;
    }

    @Override
    public Tensor forward(Tensor x1, Tensor x2) {
        return Functional.cosineSimilarity(x1, x2, dim, eps);
    }
}
