package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The part of {@link Functional} for pooling. */
abstract class PoolingFunctions extends ConvolutionFunctions {
    PoolingFunctions() {}

    public static Tensor maxPool2d(Tensor input, long kernelSize) {
        return maxPool2d(input, Size2d.of(kernelSize), MaxPool2d.options());
    }

    /** The largest value under the kernel: input (N, C, H, W) or (C, H, W). */
    public static Tensor maxPool2d(Tensor input, Size2d kernelSize, MaxPool2d.Options options) {
        return Torch.maxPool2d(
                input,
                kernelSize.toArray(),
                options.strideOr(kernelSize).toArray(),
                options.padding().toArray(),
                options.dilation().toArray(),
                options.ceilMode());
    }

    public static Tensor avgPool2d(Tensor input, long kernelSize) {
        return avgPool2d(input, Size2d.of(kernelSize), AvgPool2d.options());
    }

    /** The mean of the values under the kernel: input (N, C, H, W) or (C, H, W). */
    public static Tensor avgPool2d(Tensor input, Size2d kernelSize, AvgPool2d.Options options) {
        return Torch.avgPool2d(
                input,
                kernelSize.toArray(),
                options.strideOr(kernelSize).toArray(),
                options.padding().toArray(),
                options.ceilMode(),
                options.countIncludePad(),
                options.divisorOverride());
    }

    /** Averages over as many places as the output has: input (N, C, H, W) or (C, H, W). */
    public static Tensor adaptiveAvgPool2d(Tensor input, Size2d outputSize) {
        return Torch.adaptiveAvgPool2d(input, outputSize.toArray());
    }
}
