package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * x - tanh(x), of any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html">Tanhshrink</a>.
 */
public class Tanhshrink extends Layer {
    @Override
    public Tensor forward(Tensor input) {
        return Functional.tanhshrink(input);
    }
}
