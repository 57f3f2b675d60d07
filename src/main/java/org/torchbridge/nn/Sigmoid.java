package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * 1 / (1 + exp(-x)), of any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html">Sigmoid</a>.
 */
public class Sigmoid extends Layer {
    @Override
    public Tensor forward(Tensor input) {
        return Functional.sigmoid(input);
    }
}
