package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * Means of as many parts of an image as the output has places. Input (N, C, H, W) or (C, H, W), output (N, C, height,
 * width) or (C, height, width).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html">AdaptiveAvgPool2d</a>.
 */
public class AdaptiveAvgPool2d extends AdaptiveAvgPool {

    public AdaptiveAvgPool2d(long outputSize) {
        this(Size.of(outputSize));
    }

    public AdaptiveAvgPool2d(long height, long width) {
        this(Size.of(height, width));
    }

    /** Null keeps the input's size. */
    public AdaptiveAvgPool2d(@Nullable Long height, @Nullable Long width) {
        this(Size.ofNullable(height, width));
    }

    public AdaptiveAvgPool2d(Size outputSize) {
        super(2, outputSize);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.adaptiveAvgPool2d(input, outputSize());
    }
}
