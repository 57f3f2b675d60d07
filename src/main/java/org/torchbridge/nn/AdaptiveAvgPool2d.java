package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Averages an image down to a fixed size. Input (N, C, H, W) or (C, H, W), output (N, C, height, width) or
 * (C, height, width).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html">AdaptiveAvgPool2d</a>.
 */
public class AdaptiveAvgPool2d extends Layer {
    private final Size2d outputSize;

    public AdaptiveAvgPool2d(long outputSize) {
        this(Size2d.of(outputSize));
    }

    public AdaptiveAvgPool2d(long height, long width) {
        this(Size2d.of(height, width));
    }

    public AdaptiveAvgPool2d(Size2d outputSize) {
        this.outputSize = outputSize;
    }

    public Size2d outputSize() {
        return outputSize;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.adaptiveAvgPool2d(input, outputSize);
    }

    @Override
    public String extraRepr() {
        return "output_size=" + outputSize;
    }
}
