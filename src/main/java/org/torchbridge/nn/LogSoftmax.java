package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * log(exp(x) / Σ exp(x)) along a dimension, computed without overflow. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html">LogSoftmax</a>.
 */
public class LogSoftmax extends SoftmaxLayer {

    /** Along the dimension that Python chooses for the input, see {@link SoftmaxLayer}. */
    public LogSoftmax() {
        super(null);
    }

    public LogSoftmax(long dim) {
        super(dim);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.logSoftmax(input, dim(input));
    }
}
