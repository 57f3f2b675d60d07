package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * The largest values of as many parts of a volume as the output has places. Input (N, C, D, H, W) or (C, D, H, W),
 * output (N, C, depth, height, width) or (C, depth, height, width).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html">AdaptiveMaxPool3d</a>.
 */
public class AdaptiveMaxPool3d extends AdaptiveMaxPool {

    public AdaptiveMaxPool3d(long outputSize) {
        this(Size.of(outputSize));
    }

    public AdaptiveMaxPool3d(long depth, long height, long width) {
        this(Size.of(depth, height, width));
    }

    /** Null keeps the input's size. */
    public AdaptiveMaxPool3d(@Nullable Long depth, @Nullable Long height, @Nullable Long width) {
        this(Size.ofNullable(depth, height, width));
    }

    public AdaptiveMaxPool3d(Size outputSize) {
        super(3, outputSize);
    }

    @Override
    public WithIndices forwardWithIndices(Tensor input) {
        return Functional.adaptiveMaxPool3dWithIndices(input, outputSize());
    }
}
