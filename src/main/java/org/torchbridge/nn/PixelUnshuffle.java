package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Makes r² times as many channels out of an image r times as large: the opposite of {@link PixelShuffle}. Input
 * (*, C, H · r, W · r), output (*, C · r², H, W).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html">PixelUnshuffle</a>.
 */
public class PixelUnshuffle extends Layer {
    private final long downscaleFactor;

    public PixelUnshuffle(long downscaleFactor) {
        this.downscaleFactor = downscaleFactor;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.pixelUnshuffle(input, downscaleFactor);
    }

    @Override
    public String extraRepr() {
        return "downscale_factor=" + downscaleFactor;
    }
}
