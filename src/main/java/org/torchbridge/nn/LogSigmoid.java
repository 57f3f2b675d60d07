package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * log(1 / (1 + exp(-x))), of any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html">LogSigmoid</a>.
 */
public class LogSigmoid extends Layer {
    @Override
    public Tensor forward(Tensor input) {
        return Functional.logsigmoid(input);
    }
}
