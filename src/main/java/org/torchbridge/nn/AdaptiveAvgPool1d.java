package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Means of as many parts of a sequence as the output has places. Input (N, C, L) or (C, L), output (N, C, length) or
 * (C, length).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html">AdaptiveAvgPool1d</a>.
 */
public class AdaptiveAvgPool1d extends AdaptiveAvgPool {

    public AdaptiveAvgPool1d(long outputSize) {
        this(Size.of(outputSize));
    }

    public AdaptiveAvgPool1d(Size outputSize) {
        super(1, outputSize);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.adaptiveAvgPool1d(input, outputSize());
    }
}
