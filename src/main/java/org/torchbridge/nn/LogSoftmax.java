package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * log(exp(x) / Σ exp(x)) along a dimension, computed without overflow. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html">LogSoftmax</a>.
 */
public class LogSoftmax extends Layer {
    private final long dim;

    public LogSoftmax(long dim) {
        this.dim = dim;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.logSoftmax(input, dim);
    }

    @Override
    public String extraRepr() {
        return "dim=" + dim;
    }
}
