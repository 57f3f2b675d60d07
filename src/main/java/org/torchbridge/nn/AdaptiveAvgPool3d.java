package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * Means of as many parts of a volume as the output has places. Input (N, C, D, H, W) or (C, D, H, W), output (N, C,
 * depth, height, width) or (C, depth, height, width).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html">AdaptiveAvgPool3d</a>.
 */
public class AdaptiveAvgPool3d extends AdaptiveAvgPool {

    public AdaptiveAvgPool3d(long outputSize) {
        this(Size.of(outputSize));
    }

    public AdaptiveAvgPool3d(long depth, long height, long width) {
        this(Size.of(depth, height, width));
    }

    /** Null keeps the input's size. */
    public AdaptiveAvgPool3d(@Nullable Long depth, @Nullable Long height, @Nullable Long width) {
        this(Size.ofNullable(depth, height, width));
    }

    public AdaptiveAvgPool3d(Size outputSize) {
        super(3, outputSize);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.adaptiveAvgPool3d(input, outputSize());
    }
}
