package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The part of {@link Functional} for convolutions, padding and folding. */
abstract class ConvolutionFunctions extends LinearFunctions {
    private static final long[] NO_PADDING = {0, 0};

    ConvolutionFunctions() {}

    public static Tensor conv2d(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return conv2d(input, weight, bias, Conv2d.options());
    }

    /** Input (N, in, H, W) or (in, H, W), weight (out, in / groups, kernel height, kernel width), bias (out). */
    public static Tensor conv2d(Tensor input, Tensor weight, @Nullable Tensor bias, Conv2d.Options options) {
        long[] stride = options.stride().toArray();
        long[] dilation = options.dilation().toArray();
        if (options.paddingMode() != Conv2d.PaddingMode.ZEROS) {
            Tensor padded = Torch.pad(
                    input,
                    options.paddingAround(weight.shape()),
                    options.paddingMode().text());
            return Torch.conv2d(padded, weight, bias, stride, NO_PADDING, dilation, options.groups());
        }
        Conv2d.NamedPadding named = options.namedPadding();
        return named != null
                ? Torch.conv2d(input, weight, bias, stride, named.text(), dilation, options.groups())
                : Torch.conv2d(input, weight, bias, stride, options.padding().toArray(), dilation, options.groups());
    }
}
