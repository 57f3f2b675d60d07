package org.torchbridge.nn;

import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * x / (k + alpha / size · sum)^beta, where the sum is that of the squares of ⌊(size - 1) / 2⌋ channels before each one
 * to as many after it: the form of {@link LocalResponseNorm} that Torch 7 had. Input and output (N, C, H, W).
 *
 * <p>The output is Python's, whose sums keep the first channel where it has left the window. The gradient is that of
 * this output; Python's is not.
 */
public class CrossMapLRN2d extends LocalResponseNorm {

    public CrossMapLRN2d(long size) {
        super(size);
    }

    public CrossMapLRN2d(long size, Options options) {
        super(size, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        if (input.dim() != 4) {
            throw new IllegalArgumentException(
                    "the input of CrossMapLRN2d has " + input.dim() + " dimensions; 4 are expected: (N, C, H, W)");
        }
        Tensor scale = sums(input.mul(input))
                .mul(settings().alpha() / size())
                .add(settings().k());
        return scale.pow(-settings().beta()).mul(input);
    }

    /** As Python, whose default of k is the whole number 1. */
    @Override
    public String extraRepr() {
        String text = super.extraRepr();
        return settings().k() == 1 ? text.replace(", k=1.0", ", k=1") : text;
    }

    private Tensor sums(Tensor squares) {
        long reach = (size() - 1) / 2;
        long window = 2 * reach + 1;
        Tensor padded = Torch.constantPadNd(squares.unsqueeze(1), new long[] {0, 0, 0, 0, reach, reach});
        Tensor sums = Torch.avgPool3d(padded, new long[] {window, 1, 1}, new long[] {1, 1, 1})
                .squeeze(1)
                .mul(window);
        long channels = squares.size(1);
        if (channels <= reach + 1) {
            return sums;
        }
        Tensor first = squares.narrow(1, 0, 1);
        Tensor beyond = sums.narrow(1, reach + 1, channels - reach - 1).add(first);
        return Torch.cat(List.of(sums.narrow(1, 0, reach + 1), beyond), 1);
    }
}
