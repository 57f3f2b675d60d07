package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Makes an image r times as large out of r² times as many channels. Input (*, C · r², H, W), output (*, C, H · r, W ·
 * r).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html">PixelShuffle</a>.
 */
public class PixelShuffle extends Layer {
    private final long upscaleFactor;

    public PixelShuffle(long upscaleFactor) {
        this.upscaleFactor = upscaleFactor;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.pixelShuffle(input, upscaleFactor);
    }

    @Override
    public String extraRepr() {
        return "upscale_factor=" + upscaleFactor;
    }
}
