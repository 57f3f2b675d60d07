package org.torchbridge.vision.ops;

import org.torchbridge.Tensor;
import org.torchbridge.nn.Layer;

/**
 * Puts the dimensions of its input into another order.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.Permute.html">Permute</a>.
 */
public class Permute extends Layer {
    private final long[] dims;

    public Permute(long... dims) {
        this.dims = dims.clone();
    }

    @Override
    public Tensor forward(Tensor input) {
        return input.permute(dims);
    }
}
