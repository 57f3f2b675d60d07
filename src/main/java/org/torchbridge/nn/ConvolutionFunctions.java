package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The part of {@link Functional} for convolutions, padding and folding. */
abstract class ConvolutionFunctions extends LinearFunctions {
    ConvolutionFunctions() {}

    public static Tensor conv1d(Tensor input, Tensor weight) {
        return conv1d(input, weight, null);
    }

    public static Tensor conv1d(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return conv1d(input, weight, bias, Conv1d.options());
    }

    /** Input (N, in, L) or (in, L), weight (out, in / groups, kernel), bias (out). */
    public static Tensor conv1d(Tensor input, Tensor weight, @Nullable Tensor bias, Conv.Options options) {
        return conv(1, input, weight, bias, options);
    }

    public static Tensor conv2d(Tensor input, Tensor weight) {
        return conv2d(input, weight, null);
    }

    public static Tensor conv2d(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return conv2d(input, weight, bias, Conv2d.options());
    }

    /** Input (N, in, H, W) or (in, H, W), weight (out, in / groups, kernel height, kernel width), bias (out). */
    public static Tensor conv2d(Tensor input, Tensor weight, @Nullable Tensor bias, Conv.Options options) {
        return conv(2, input, weight, bias, options);
    }

    public static Tensor conv3d(Tensor input, Tensor weight) {
        return conv3d(input, weight, null);
    }

    public static Tensor conv3d(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return conv3d(input, weight, bias, Conv3d.options());
    }

    /** Input (N, in, D, H, W) or (in, D, H, W), weight (out, in / groups, *kernel), bias (out). */
    public static Tensor conv3d(Tensor input, Tensor weight, @Nullable Tensor bias, Conv.Options options) {
        return conv(3, input, weight, bias, options);
    }

    public static Tensor convTranspose1d(Tensor input, Tensor weight) {
        return convTranspose1d(input, weight, null);
    }

    public static Tensor convTranspose1d(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return convTranspose1d(input, weight, bias, ConvTranspose1d.options());
    }

    /** Input (N, in, L) or (in, L), weight (in, out / groups, kernel), bias (out). */
    public static Tensor convTranspose1d(
            Tensor input, Tensor weight, @Nullable Tensor bias, ConvTranspose.Options options) {
        return Torch.convTranspose1d(
                input,
                weight,
                bias,
                options.stride().expand("stride", 1),
                options.padding().expand("padding", 1),
                options.outputPadding().expand("outputPadding", 1),
                options.groups(),
                options.dilation().expand("dilation", 1));
    }

    public static Tensor convTranspose2d(Tensor input, Tensor weight) {
        return convTranspose2d(input, weight, null);
    }

    public static Tensor convTranspose2d(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return convTranspose2d(input, weight, bias, ConvTranspose2d.options());
    }

    /** Input (N, in, H, W) or (in, H, W), weight (in, out / groups, kernel height, kernel width), bias (out). */
    public static Tensor convTranspose2d(
            Tensor input, Tensor weight, @Nullable Tensor bias, ConvTranspose.Options options) {
        return Torch.convTranspose2d(
                input,
                weight,
                bias,
                options.stride().expand("stride", 2),
                options.padding().expand("padding", 2),
                options.outputPadding().expand("outputPadding", 2),
                options.groups(),
                options.dilation().expand("dilation", 2));
    }

    public static Tensor convTranspose3d(Tensor input, Tensor weight) {
        return convTranspose3d(input, weight, null);
    }

    public static Tensor convTranspose3d(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return convTranspose3d(input, weight, bias, ConvTranspose3d.options());
    }

    /** Input (N, in, D, H, W) or (in, D, H, W), weight (in, out / groups, *kernel), bias (out). */
    public static Tensor convTranspose3d(
            Tensor input, Tensor weight, @Nullable Tensor bias, ConvTranspose.Options options) {
        return Torch.convTranspose3d(
                input,
                weight,
                bias,
                options.stride().expand("stride", 3),
                options.padding().expand("padding", 3),
                options.outputPadding().expand("outputPadding", 3),
                options.groups(),
                options.dilation().expand("dilation", 3));
    }

    /**
     * Convolution over time of input (time, N, in) with weight (kernel, in, out) and bias (out); {@code pad} zeros are
     * added before and after.
     */
    public static Tensor convTbc(Tensor input, Tensor weight, Tensor bias, long pad) {
        return Torch.convTbc(input, weight, bias, pad);
    }

    public static Tensor convTbc(Tensor input, Tensor weight, Tensor bias) {
        return convTbc(input, weight, bias, 0);
    }

    public static Tensor unfold(Tensor input, long kernelSize) {
        return unfold(input, Size.of(kernelSize), Unfold.options());
    }

    /** See {@link Unfold}. */
    public static Tensor unfold(Tensor input, Size kernelSize, Unfold.Options options) {
        requireDimensions(input, 2);
        return Torch.im2col(
                input,
                kernelSize.expand("kernelSize", 2),
                options.dilation().expand("dilation", 2),
                options.padding().expand("padding", 2),
                options.stride().expand("stride", 2));
    }

    public static Tensor fold(Tensor input, long outputSize, long kernelSize) {
        return fold(input, Size.of(outputSize), Size.of(kernelSize), Fold.options());
    }

    /** See {@link Fold}. */
    public static Tensor fold(Tensor input, Size outputSize, Size kernelSize, Fold.Options options) {
        return Torch.col2im(
                input,
                outputSize.expand("outputSize", 2),
                kernelSize.expand("kernelSize", 2),
                options.dilation().expand("dilation", 2),
                options.padding().expand("padding", 2),
                options.stride().expand("stride", 2));
    }

    /** Pads with zeros. */
    public static Tensor pad(Tensor input, long... pad) {
        return pad(input, pad, PadMode.CONSTANT);
    }

    public static Tensor pad(Tensor input, long[] pad, PadMode mode) {
        return pad(input, pad, mode, null);
    }

    /**
     * Adds to the sides of the input, or cuts off where a number is negative.
     *
     * @param pad how much before and after the last dimension, then before and after the one before it, and so on
     * @param value what a {@code CONSTANT} padding is filled with; null means 0
     */
    public static Tensor pad(Tensor input, long[] pad, PadMode mode, @Nullable Number value) {
        return Torch.pad(input, pad, mode.text(), value);
    }

    /** Checks that the input is one with channels and the given number of further dimensions, or a batch of such. */
    static void requireDimensions(Tensor input, int dimensions) {
        if (input.dim() != dimensions + 1 && input.dim() != dimensions + 2) {
            throw new IllegalArgumentException("the input is " + PythonText.tuple(input.shape()) + "; "
                    + (dimensions + 1) + " dimensions or, in a batch, " + (dimensions + 2) + " are expected");
        }
    }

    private static Tensor conv(
            int dimensions, Tensor input, Tensor weight, @Nullable Tensor bias, Conv.Options options) {
        long[] stride = options.stride().expand("stride", dimensions);
        long[] dilation = options.dilation().expand("dilation", dimensions);
        if (options.paddingMode() != Conv.PaddingMode.ZEROS) {
            requireDimensions(input, dimensions);
            Tensor padded = Torch.pad(
                    input,
                    options.paddingAround(weight.shape()),
                    options.paddingMode().text());
            return conv(padded, weight, bias, stride, new long[dimensions], dilation, options.groups());
        }
        return options.namedPadding() == null
                ? conv(
                        input,
                        weight,
                        bias,
                        stride,
                        options.padding().expand("padding", dimensions),
                        dilation,
                        options.groups())
                : conv(input, weight, bias, stride, options.namedPadding().text(), dilation, options.groups());
    }

    private static Tensor conv(
            Tensor input,
            Tensor weight,
            @Nullable Tensor bias,
            long[] stride,
            long[] padding,
            long[] dilation,
            long groups) {
        return switch (stride.length) {
            case 1 -> Torch.conv1d(input, weight, bias, stride, padding, dilation, groups);
            case 2 -> Torch.conv2d(input, weight, bias, stride, padding, dilation, groups);
            default -> Torch.conv3d(input, weight, bias, stride, padding, dilation, groups);
        };
    }

    private static Tensor conv(
            Tensor input,
            Tensor weight,
            @Nullable Tensor bias,
            long[] stride,
            String padding,
            long[] dilation,
            long groups) {
        return switch (stride.length) {
            case 1 -> Torch.conv1d(input, weight, bias, stride, padding, dilation, groups);
            case 2 -> Torch.conv2d(input, weight, bias, stride, padding, dilation, groups);
            default -> Torch.conv3d(input, weight, bias, stride, padding, dilation, groups);
        };
    }
}
