package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * The mean of the values under a kernel that moves over the image. Input (N, C, H, W) or (C, H, W).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html">AvgPool2d</a>.
 */
public class AvgPool2d extends Layer {
    private final Size2d kernelSize;
    private final Options options;

    /**
     * As stride the kernel's size, padding 0, sizes rounded down, padding counted, unless set otherwise.
     *
     * @param stride null means the kernel's size
     * @param padding how many zeros are added on each side
     * @param ceilMode whether the output's size is rounded up
     * @param countIncludePad whether the padding counts in the mean
     * @param divisorOverride what to divide the sum by; null means the number of values
     */
    public record Options(
            @Nullable Size2d stride,
            Size2d padding,
            boolean ceilMode,
            boolean countIncludePad,
            @Nullable Long divisorOverride) {
        private static final Options DEFAULT = new Options(null, Size2d.of(0), false, true, null);

        public Options stride(long both) {
            return stride(Size2d.of(both));
        }

        public Options stride(long height, long width) {
            return stride(Size2d.of(height, width));
        }

        public Options stride(@Nullable Size2d stride) {
            return new Options(stride, padding, ceilMode, countIncludePad, divisorOverride);
        }

        public Options padding(long both) {
            return padding(Size2d.of(both));
        }

        public Options padding(long height, long width) {
            return padding(Size2d.of(height, width));
        }

        public Options padding(Size2d padding) {
            return new Options(stride, padding, ceilMode, countIncludePad, divisorOverride);
        }

        public Options ceilMode(boolean ceilMode) {
            return new Options(stride, padding, ceilMode, countIncludePad, divisorOverride);
        }

        public Options countIncludePad(boolean countIncludePad) {
            return new Options(stride, padding, ceilMode, countIncludePad, divisorOverride);
        }

        public Options divisorOverride(@Nullable Long divisorOverride) {
            return new Options(stride, padding, ceilMode, countIncludePad, divisorOverride);
        }

        Size2d strideOr(Size2d kernelSize) {
            return stride == null ? kernelSize : stride;
        }
    }

    public AvgPool2d(long kernelSize) {
        this(kernelSize, options());
    }

    public AvgPool2d(long kernelSize, Options options) {
        this(Size2d.of(kernelSize), options);
    }

    public AvgPool2d(Size2d kernelSize, Options options) {
        this.kernelSize = kernelSize;
        this.options = options;
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    public Size2d kernelSize() {
        return kernelSize;
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.avgPool2d(input, kernelSize, options);
    }

    @Override
    public String extraRepr() {
        return "kernel_size=" + kernelSize + ", stride=" + options.strideOr(kernelSize) + ", padding="
                + options.padding();
    }
}
