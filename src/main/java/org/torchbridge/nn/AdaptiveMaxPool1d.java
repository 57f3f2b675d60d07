package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * The largest values of as many parts of a sequence as the output has places. Input (N, C, L) or (C, L), output (N,
 * C, length) or (C, length).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html">AdaptiveMaxPool1d</a>.
 */
public class AdaptiveMaxPool1d extends AdaptiveMaxPool {

    public AdaptiveMaxPool1d(long outputSize) {
        this(Size.of(outputSize));
    }

    public AdaptiveMaxPool1d(Size outputSize) {
        super(1, outputSize);
    }

    @Override
    public WithIndices forwardWithIndices(Tensor input) {
        return Functional.adaptiveMaxPool1dWithIndices(input, outputSize());
    }
}
