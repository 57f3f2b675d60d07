package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * tanh(x), of any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Tanh.html">Tanh</a>.
 */
public class Tanh extends Layer {
    @Override
    public Tensor forward(Tensor input) {
        return Functional.tanh(input);
    }
}
