package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Returns its input: for the place of a layer that is not wanted.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Identity.html">Identity</a>.
 */
public class Identity extends Layer {
    @Override
    public Tensor forward(Tensor input) {
        return input;
    }
}
