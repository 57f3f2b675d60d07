package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * x / (1 + |x|), of any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Softsign.html">Softsign</a>.
 */
public class Softsign extends Layer {
    @Override
    public Tensor forward(Tensor input) {
        return Functional.softsign(input);
    }
}
