package org.torchbridge.nn;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/** The part of {@link Functional} for pooling. */
abstract class PoolingFunctions extends ConvolutionFunctions {
    PoolingFunctions() {}

    public static Tensor maxPool1d(Tensor input, long kernelSize) {
        return maxPool1d(input, Size.of(kernelSize), MaxPool1d.options());
    }

    public static Tensor maxPool1d(Tensor input, long kernelSize, MaxPool.Options options) {
        return maxPool1d(input, Size.of(kernelSize), options);
    }

    /** The largest value under the kernel: input (N, C, L) or (C, L). */
    public static Tensor maxPool1d(Tensor input, Size kernelSize, MaxPool.Options options) {
        requireDimensions(input, 1);
        return Torch.maxPool1d(
                input,
                kernelSize.expand("kernelSize", 1),
                options.strideOr(kernelSize).expand("stride", 1),
                options.padding().expand("padding", 1),
                options.dilation().expand("dilation", 1),
                options.ceilMode());
    }

    public static MaxPool.WithIndices maxPool1dWithIndices(Tensor input, long kernelSize) {
        return maxPool1dWithIndices(input, Size.of(kernelSize), MaxPool1d.options());
    }

    /** The largest value under the kernel and where it is: input (N, C, L) or (C, L). */
    public static MaxPool.WithIndices maxPool1dWithIndices(Tensor input, Size kernelSize, MaxPool.Options options) {
        requireDimensions(input, 1);
        return withIndices(Torch.maxPool1dWithIndices(
                input,
                kernelSize.expand("kernelSize", 1),
                options.strideOr(kernelSize).expand("stride", 1),
                options.padding().expand("padding", 1),
                options.dilation().expand("dilation", 1),
                options.ceilMode()));
    }

    public static Tensor maxPool2d(Tensor input, long kernelSize) {
        return maxPool2d(input, Size.of(kernelSize), MaxPool2d.options());
    }

    public static Tensor maxPool2d(Tensor input, long kernelSize, MaxPool.Options options) {
        return maxPool2d(input, Size.of(kernelSize), options);
    }

    /** The largest value under the kernel: input (N, C, H, W) or (C, H, W). */
    public static Tensor maxPool2d(Tensor input, Size kernelSize, MaxPool.Options options) {
        requireDimensions(input, 2);
        return Torch.maxPool2d(
                input,
                kernelSize.expand("kernelSize", 2),
                options.strideOr(kernelSize).expand("stride", 2),
                options.padding().expand("padding", 2),
                options.dilation().expand("dilation", 2),
                options.ceilMode());
    }

    public static MaxPool.WithIndices maxPool2dWithIndices(Tensor input, long kernelSize) {
        return maxPool2dWithIndices(input, Size.of(kernelSize), MaxPool2d.options());
    }

    /** The largest value under the kernel and where it is: input (N, C, H, W) or (C, H, W). */
    public static MaxPool.WithIndices maxPool2dWithIndices(Tensor input, Size kernelSize, MaxPool.Options options) {
        requireDimensions(input, 2);
        return withIndices(Torch.maxPool2dWithIndices(
                input,
                kernelSize.expand("kernelSize", 2),
                options.strideOr(kernelSize).expand("stride", 2),
                options.padding().expand("padding", 2),
                options.dilation().expand("dilation", 2),
                options.ceilMode()));
    }

    public static Tensor maxPool3d(Tensor input, long kernelSize) {
        return maxPool3d(input, Size.of(kernelSize), MaxPool3d.options());
    }

    public static Tensor maxPool3d(Tensor input, long kernelSize, MaxPool.Options options) {
        return maxPool3d(input, Size.of(kernelSize), options);
    }

    /** The largest value under the kernel: input (N, C, D, H, W) or (C, D, H, W). */
    public static Tensor maxPool3d(Tensor input, Size kernelSize, MaxPool.Options options) {
        requireDimensions(input, 3);
        return Torch.maxPool3d(
                input,
                kernelSize.expand("kernelSize", 3),
                options.strideOr(kernelSize).expand("stride", 3),
                options.padding().expand("padding", 3),
                options.dilation().expand("dilation", 3),
                options.ceilMode());
    }

    public static MaxPool.WithIndices maxPool3dWithIndices(Tensor input, long kernelSize) {
        return maxPool3dWithIndices(input, Size.of(kernelSize), MaxPool3d.options());
    }

    /** The largest value under the kernel and where it is: input (N, C, D, H, W) or (C, D, H, W). */
    public static MaxPool.WithIndices maxPool3dWithIndices(Tensor input, Size kernelSize, MaxPool.Options options) {
        requireDimensions(input, 3);
        return withIndices(Torch.maxPool3dWithIndices(
                input,
                kernelSize.expand("kernelSize", 3),
                options.strideOr(kernelSize).expand("stride", 3),
                options.padding().expand("padding", 3),
                options.dilation().expand("dilation", 3),
                options.ceilMode()));
    }

    public static Tensor maxUnpool1d(Tensor input, Tensor indices, long kernelSize) {
        return maxUnpool1d(input, indices, Size.of(kernelSize), MaxUnpool1d.options());
    }

    /** See {@link MaxUnpool1d}; input and indices (N, C, L) or (C, L). */
    public static Tensor maxUnpool1d(
            Tensor input, Tensor indices, Size kernelSize, MaxUnpool.Options options, long... outputSize) {
        long[] size = unpooledSize(input, 1, kernelSize, options, outputSize);
        Tensor unpooled = Torch.maxUnpool2d(input.unsqueeze(-1), indices.unsqueeze(-1), size[0], 1);
        return unpooled.squeeze(-1);
    }

    public static Tensor maxUnpool2d(Tensor input, Tensor indices, long kernelSize) {
        return maxUnpool2d(input, indices, Size.of(kernelSize), MaxUnpool2d.options());
    }

    /** See {@link MaxUnpool2d}; input and indices (N, C, H, W) or (C, H, W). */
    public static Tensor maxUnpool2d(
            Tensor input, Tensor indices, Size kernelSize, MaxUnpool.Options options, long... outputSize) {
        long[] size = unpooledSize(input, 2, kernelSize, options, outputSize);
        return Torch.maxUnpool2d(input, indices, size);
    }

    public static Tensor maxUnpool3d(Tensor input, Tensor indices, long kernelSize) {
        return maxUnpool3d(input, indices, Size.of(kernelSize), MaxUnpool3d.options());
    }

    /** See {@link MaxUnpool3d}; input and indices (N, C, D, H, W) or (C, D, H, W). */
    public static Tensor maxUnpool3d(
            Tensor input, Tensor indices, Size kernelSize, MaxUnpool.Options options, long... outputSize) {
        long[] size = unpooledSize(input, 3, kernelSize, options, outputSize);
        long[] stride = options.strideOr(kernelSize).expand("stride", 3);
        return Torch.maxUnpool3d(input, indices, size, stride, options.padding().expand("padding", 3));
    }

    public static Tensor avgPool1d(Tensor input, long kernelSize) {
        return avgPool1d(input, Size.of(kernelSize), AvgPool1d.options());
    }

    public static Tensor avgPool1d(Tensor input, long kernelSize, AvgPool.Options options) {
        return avgPool1d(input, Size.of(kernelSize), options);
    }

    /** The mean of the values under the kernel: input (N, C, L) or (C, L). */
    public static Tensor avgPool1d(Tensor input, Size kernelSize, AvgPool.Options options) {
        options.requireNoDivisor();
        requireDimensions(input, 1);
        return Torch.avgPool1d(
                input,
                kernelSize.expand("kernelSize", 1),
                options.strideOr(kernelSize).expand("stride", 1),
                options.padding().expand("padding", 1),
                options.ceilMode(),
                options.countIncludePad());
    }

    public static Tensor avgPool2d(Tensor input, long kernelSize) {
        return avgPool2d(input, Size.of(kernelSize), AvgPool2d.options());
    }

    public static Tensor avgPool2d(Tensor input, long kernelSize, AvgPool.Options options) {
        return avgPool2d(input, Size.of(kernelSize), options);
    }

    /** The mean of the values under the kernel: input (N, C, H, W) or (C, H, W). */
    public static Tensor avgPool2d(Tensor input, Size kernelSize, AvgPool.Options options) {
        requireDimensions(input, 2);
        return Torch.avgPool2d(
                input,
                kernelSize.expand("kernelSize", 2),
                options.strideOr(kernelSize).expand("stride", 2),
                options.padding().expand("padding", 2),
                options.ceilMode(),
                options.countIncludePad(),
                options.divisorOverride());
    }

    public static Tensor avgPool3d(Tensor input, long kernelSize) {
        return avgPool3d(input, Size.of(kernelSize), AvgPool3d.options());
    }

    public static Tensor avgPool3d(Tensor input, long kernelSize, AvgPool.Options options) {
        return avgPool3d(input, Size.of(kernelSize), options);
    }

    /** The mean of the values under the kernel: input (N, C, D, H, W) or (C, D, H, W). */
    public static Tensor avgPool3d(Tensor input, Size kernelSize, AvgPool.Options options) {
        requireDimensions(input, 3);
        return Torch.avgPool3d(
                input,
                kernelSize.expand("kernelSize", 3),
                options.strideOr(kernelSize).expand("stride", 3),
                options.padding().expand("padding", 3),
                options.ceilMode(),
                options.countIncludePad(),
                options.divisorOverride());
    }

    public static Tensor lpPool1d(Tensor input, double normType, long kernelSize) {
        return lpPool1d(input, normType, Size.of(kernelSize), LPPool1d.options());
    }

    /** The power average of the values under the kernel: input (N, C, L) or (C, L). */
    public static Tensor lpPool1d(Tensor input, double normType, Size kernelSize, LPPool.Options options) {
        Tensor averages = avgPool1d(input.pow(normType), kernelSize, averaging(options));
        return root(averages, normType, kernelSize.expand("kernelSize", 1));
    }

    public static Tensor lpPool2d(Tensor input, double normType, long kernelSize) {
        return lpPool2d(input, normType, Size.of(kernelSize), LPPool2d.options());
    }

    /** The power average of the values under the kernel: input (N, C, H, W) or (C, H, W). */
    public static Tensor lpPool2d(Tensor input, double normType, Size kernelSize, LPPool.Options options) {
        Tensor averages = avgPool2d(input.pow(normType), kernelSize, averaging(options));
        return root(averages, normType, kernelSize.expand("kernelSize", 2));
    }

    public static Tensor lpPool3d(Tensor input, double normType, long kernelSize) {
        return lpPool3d(input, normType, Size.of(kernelSize), LPPool3d.options());
    }

    /** The power average of the values under the kernel: input (N, C, D, H, W) or (C, D, H, W). */
    public static Tensor lpPool3d(Tensor input, double normType, Size kernelSize, LPPool.Options options) {
        Tensor averages = avgPool3d(input.pow(normType), kernelSize, averaging(options));
        return root(averages, normType, kernelSize.expand("kernelSize", 3));
    }

    /** The largest value under a kernel that moves in random steps: input (N, C, H, W) or (C, H, W). */
    public static Tensor fractionalMaxPool2d(Tensor input, Size kernelSize, FractionalMaxPool.Options options) {
        return fractionalMaxPool2dWithIndices(input, kernelSize, options).output();
    }

    /** As {@link #fractionalMaxPool2d}, and where the values are. */
    public static FractionalMaxPool.WithIndices fractionalMaxPool2dWithIndices(
            Tensor input, Size kernelSize, FractionalMaxPool.Options options) {
        return withIndices(Torch.fractionalMaxPool2d(
                input,
                kernelSize.expand("kernelSize", 2),
                options.outputSizeFor(lastDimensions(input, 2)),
                samples(input, options, 2)));
    }

    /** The largest value under a kernel that moves in random steps: input (N, C, D, H, W) or (C, D, H, W). */
    public static Tensor fractionalMaxPool3d(Tensor input, Size kernelSize, FractionalMaxPool.Options options) {
        return fractionalMaxPool3dWithIndices(input, kernelSize, options).output();
    }

    /** As {@link #fractionalMaxPool3d}, and where the values are. */
    public static FractionalMaxPool.WithIndices fractionalMaxPool3dWithIndices(
            Tensor input, Size kernelSize, FractionalMaxPool.Options options) {
        return withIndices(Torch.fractionalMaxPool3d(
                input,
                kernelSize.expand("kernelSize", 3),
                options.outputSizeFor(lastDimensions(input, 3)),
                samples(input, options, 3)));
    }

    public static Tensor adaptiveMaxPool1d(Tensor input, long outputSize) {
        return adaptiveMaxPool1d(input, Size.of(outputSize));
    }

    /** The largest values of as many parts as the output has places: input (N, C, L) or (C, L). */
    public static Tensor adaptiveMaxPool1d(Tensor input, Size outputSize) {
        return adaptiveMaxPool1dWithIndices(input, outputSize).output();
    }

    /** As {@link #adaptiveMaxPool1d}, and where the values are. */
    public static AdaptiveMaxPool.WithIndices adaptiveMaxPool1dWithIndices(Tensor input, Size outputSize) {
        return withIndices(Torch.adaptiveMaxPool1d(input, outputSize.expandOr("outputSize", lastDimensions(input, 1))));
    }

    public static Tensor adaptiveMaxPool2d(Tensor input, long outputSize) {
        return adaptiveMaxPool2d(input, Size.of(outputSize));
    }

    /** The largest values of as many parts as the output has places: input (N, C, H, W) or (C, H, W). */
    public static Tensor adaptiveMaxPool2d(Tensor input, Size outputSize) {
        return adaptiveMaxPool2dWithIndices(input, outputSize).output();
    }

    /** As {@link #adaptiveMaxPool2d}, and where the values are. */
    public static AdaptiveMaxPool.WithIndices adaptiveMaxPool2dWithIndices(Tensor input, Size outputSize) {
        return withIndices(Torch.adaptiveMaxPool2d(input, outputSize.expandOr("outputSize", lastDimensions(input, 2))));
    }

    public static Tensor adaptiveMaxPool3d(Tensor input, long outputSize) {
        return adaptiveMaxPool3d(input, Size.of(outputSize));
    }

    /** The largest values of as many parts as the output has places: input (N, C, D, H, W) or (C, D, H, W). */
    public static Tensor adaptiveMaxPool3d(Tensor input, Size outputSize) {
        return adaptiveMaxPool3dWithIndices(input, outputSize).output();
    }

    /** As {@link #adaptiveMaxPool3d}, and where the values are. */
    public static AdaptiveMaxPool.WithIndices adaptiveMaxPool3dWithIndices(Tensor input, Size outputSize) {
        return withIndices(Torch.adaptiveMaxPool3d(input, outputSize.expandOr("outputSize", lastDimensions(input, 3))));
    }

    public static Tensor adaptiveAvgPool1d(Tensor input, long outputSize) {
        return adaptiveAvgPool1d(input, Size.of(outputSize));
    }

    /** The means of as many parts as the output has places: input (N, C, L) or (C, L). */
    public static Tensor adaptiveAvgPool1d(Tensor input, Size outputSize) {
        return Torch.adaptiveAvgPool1d(input, outputSize.expandOr("outputSize", lastDimensions(input, 1)));
    }

    public static Tensor adaptiveAvgPool2d(Tensor input, long outputSize) {
        return adaptiveAvgPool2d(input, Size.of(outputSize));
    }

    /** The means of as many parts as the output has places: input (N, C, H, W) or (C, H, W). */
    public static Tensor adaptiveAvgPool2d(Tensor input, Size outputSize) {
        return Torch.adaptiveAvgPool2d(input, outputSize.expandOr("outputSize", lastDimensions(input, 2)));
    }

    public static Tensor adaptiveAvgPool3d(Tensor input, long outputSize) {
        return adaptiveAvgPool3d(input, Size.of(outputSize));
    }

    /** The means of as many parts as the output has places: input (N, C, D, H, W) or (C, D, H, W). */
    public static Tensor adaptiveAvgPool3d(Tensor input, Size outputSize) {
        return Torch.adaptiveAvgPool3d(input, outputSize.expandOr("outputSize", lastDimensions(input, 3)));
    }

    private static IndexedPool.WithIndices withIndices(List<Tensor> results) {
        return new IndexedPool.WithIndices(results.get(0), results.get(1));
    }

    private static AvgPool.Options averaging(LPPool.Options options) {
        return AvgPool.options().stride(options.stride()).ceilMode(options.ceilMode());
    }

    /** The root of the sums whose averages are given. */
    private static Tensor root(Tensor averages, double normType, long[] kernel) {
        long elements = LongStream.of(kernel).reduce(1, (a, b) -> a * b);
        return averages.sign().mul(averages.abs().relu()).mul(elements).pow(1 / normType);
    }

    private static long[] unpooledSize(
            Tensor input, int dimensions, Size kernelSize, MaxUnpool.Options options, long[] outputSize) {
        long[] kernel = kernelSize.expand("kernelSize", dimensions);
        long[] stride = options.strideOr(kernelSize).expand("stride", dimensions);
        long[] padding = options.padding().expand("padding", dimensions);
        long[] size = lastDimensions(input, dimensions);
        for (int i = 0; i < dimensions; i++) {
            size[i] = (size[i] - 1) * stride[i] + kernel[i] - 2 * padding[i];
        }
        if (outputSize.length == 0) {
            return size;
        }
        long[] given = Size.lastOf("outputSize", outputSize, dimensions, input.dim());
        for (int i = 0; i < given.length; i++) {
            if (Math.abs(given[i] - size[i]) >= stride[i]) {
                throw new IllegalArgumentException("outputSize is " + PythonText.tuple(given) + "; dimension " + i
                        + " can have " + (size[i] - stride[i] + 1) + " to " + (size[i] + stride[i] - 1));
            }
        }
        return given;
    }

    private static Tensor samples(Tensor input, FractionalMaxPool.Options options, int dimensions) {
        if (options.randomSamples() != null) {
            return options.randomSamples();
        }
        long batch = input.dim() == dimensions + 1 ? 1 : input.size(0);
        return Torch.rand(
                new long[] {batch, input.size(-dimensions - 1), dimensions},
                TensorOptions.of(input.dtype()).device(input.device()));
    }

    private static long[] lastDimensions(Tensor input, int dimensions) {
        requireDimensions(input, dimensions);
        long[] shape = input.shape();
        return Arrays.copyOfRange(shape, shape.length - dimensions, shape.length);
    }
}
