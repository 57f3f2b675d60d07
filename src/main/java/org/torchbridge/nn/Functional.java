package org.torchbridge.nn;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * What the layers do, as functions without parameters of their own, with Python's defaults.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/nn.functional.html">torch.nn.functional</a>.
 */
public final class Functional {
    private static final long[] NO_PADDING = {0, 0};

    private Functional() {}

    // ---- linear and convolution

    /** {@code input} · {@code weight}ᵀ: input (*, in), weight (out, in), result (*, out). */
    public static Tensor linear(Tensor input, Tensor weight) {
        return linear(input, weight, null);
    }

    /** {@code input} · {@code weight}ᵀ + {@code bias}: input (*, in), weight (out, in), bias (out), result (*, out). */
    public static Tensor linear(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return Torch.linear(input, weight, bias);
    }

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

    // ---- normalisation and dropout

    /** Batch normalisation by the given mean and variance, as in evaluation. */
    public static Tensor batchNorm(Tensor input, Tensor runningMean, Tensor runningVar) {
        return batchNorm(input, runningMean, runningVar, null, null, false, 0.1, 1e-5);
    }

    /**
     * Batch normalisation of input (N, C, *); all others are (C).
     *
     * @param training whether to normalise by the batch's own mean and variance and to update the running ones
     * @param momentum the share of the batch in the running values
     */
    public static Tensor batchNorm(
            Tensor input,
            @Nullable Tensor runningMean,
            @Nullable Tensor runningVar,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            boolean training,
            double momentum,
            double eps) {
        return Torch.batchNorm(input, weight, bias, runningMean, runningVar, training, momentum, eps, true);
    }

    public static Tensor dropout(Tensor input) {
        return dropout(input, 0.5, true);
    }

    /** Zeroes each element with probability {@code p} and scales the others by 1 / (1 - p), if {@code training}. */
    public static Tensor dropout(Tensor input, double p, boolean training) {
        return Torch.dropout(input, p, training);
    }

    // ---- activations

    public static Tensor relu(Tensor input) {
        return input.relu();
    }

    public static Tensor softmax(Tensor input, long dim) {
        return input.softmax(dim);
    }

    public static Tensor logSoftmax(Tensor input, long dim) {
        return input.logSoftmax(dim);
    }

    // ---- pooling

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

    // ---- losses

    public static Tensor crossEntropy(Tensor input, Tensor target) {
        return crossEntropy(input, target, CrossEntropyLoss.options());
    }

    /** See {@link CrossEntropyLoss}. */
    public static Tensor crossEntropy(Tensor input, Tensor target, CrossEntropyLoss.Options options) {
        return Torch.crossEntropyLoss(
                input,
                target,
                options.weight(),
                options.reduction().code(),
                options.ignoreIndex(),
                options.labelSmoothing());
    }

    public static Tensor nllLoss(Tensor input, Tensor target) {
        return nllLoss(input, target, NLLLoss.options());
    }

    /** See {@link NLLLoss}. */
    public static Tensor nllLoss(Tensor input, Tensor target, NLLLoss.Options options) {
        return Torch.nllLossNd(
                input, target, options.weight(), options.reduction().code(), options.ignoreIndex());
    }

    public static Tensor mseLoss(Tensor input, Tensor target) {
        return mseLoss(input, target, Reduction.MEAN);
    }

    /** See {@link MSELoss}. */
    public static Tensor mseLoss(Tensor input, Tensor target, Reduction reduction) {
        if (Arrays.equals(input.shape(), target.shape())) {
            return Torch.mseLoss(input, target, reduction.code());
        }
        List<Tensor> expanded = Torch.broadcastTensors(List.of(input, target));
        return Torch.mseLoss(expanded.get(0), expanded.get(1), reduction.code());
    }
}
