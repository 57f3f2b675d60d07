package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * log(1 + exp(β · x)) / β, a smooth ReLU; x itself where β · x is above the threshold, so that nothing overflows. β is
 * 1 and the threshold 20 unless given. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Softplus.html">Softplus</a>.
 */
public class Softplus extends Layer {
    private final double beta;
    private final double threshold;

    public Softplus() {
        this(1, 20);
    }

    public Softplus(double beta) {
        this(beta, 20);
    }

    public Softplus(double beta, double threshold) {
        this.beta = beta;
        this.threshold = threshold;
    }

    public double beta() {
        return beta;
    }

    public double threshold() {
        return threshold;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.softplus(input, beta, threshold);
    }

    @Override
    public String extraRepr() {
        return "beta=" + PythonText.of(beta) + ", threshold=" + PythonText.of(threshold);
    }
}
