package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * exp(x) / Σ exp(x) over the channels, at each place of an image: input (N, C, H, W) or (C, H, W).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html">Softmax2d</a>.
 */
public class Softmax2d extends Layer {
    private static final long CHANNELS = -3;

    @Override
    public Tensor forward(Tensor input) {
        if (input.dim() != 3 && input.dim() != 4) {
            throw new IllegalArgumentException("the input of Softmax2d has " + input.dim()
                    + " dimensions; 3 or 4 are expected: (C, H, W) or (N, C, H, W)");
        }
        return Functional.softmax(input, CHANNELS);
    }
}
