package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

public class Transformer {
    public static Tensor generateSquareSubsequentMask(long sz) {
        return generateSquareSubsequentMask(sz, TensorOptions.DEFAULT);
    }

    public static Tensor generateSquareSubsequentMask(long sz, TensorOptions options) {
        return Torch.full(new long[] {sz, sz}, Double.NEGATIVE_INFINITY, options).triu(1);
    }
}
