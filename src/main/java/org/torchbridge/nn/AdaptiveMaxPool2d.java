package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * The largest values of as many parts of an image as the output has places. Input (N, C, H, W) or (C, H, W), output
 * (N, C, height, width) or (C, height, width).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html">AdaptiveMaxPool2d</a>.
 */
public class AdaptiveMaxPool2d extends AdaptiveMaxPool {

    public AdaptiveMaxPool2d(long outputSize) {
        this(Size.of(outputSize));
    }

    public AdaptiveMaxPool2d(long height, long width) {
        this(Size.of(height, width));
    }

    /** Null keeps the input's size. */
    public AdaptiveMaxPool2d(@Nullable Long height, @Nullable Long width) {
        this(Size.ofNullable(height, width));
    }

    public AdaptiveMaxPool2d(Size outputSize) {
        super(2, outputSize);
    }

    @Override
    public WithIndices forwardWithIndices(Tensor input) {
        return Functional.adaptiveMaxPool2dWithIndices(input, outputSize());
    }
}
