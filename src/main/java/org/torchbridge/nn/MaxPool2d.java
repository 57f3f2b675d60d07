package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * The largest value under a kernel that moves over the image. Input (N, C, H, W) or (C, H, W).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html">MaxPool2d</a>.
 */
public class MaxPool2d extends Layer {
    private final Size2d kernelSize;
    private final Options options;

    /**
     * As stride the kernel's size, padding 0, dilation 1, sizes rounded down, unless set otherwise.
     *
     * @param stride null means the kernel's size
     * @param padding how much is added on each side, smaller than any value
     * @param ceilMode whether the output's size is rounded up
     */
    public record Options(@Nullable Size2d stride, Size2d padding, Size2d dilation, boolean ceilMode) {
        private static final Options DEFAULT = new Options(null, Size2d.of(0), Size2d.of(1), false);

        public Options stride(long both) {
            return stride(Size2d.of(both));
        }

        public Options stride(long height, long width) {
            return stride(Size2d.of(height, width));
        }

        public Options stride(@Nullable Size2d stride) {
            return new Options(stride, padding, dilation, ceilMode);
        }

        public Options padding(long both) {
            return padding(Size2d.of(both));
        }

        public Options padding(long height, long width) {
            return padding(Size2d.of(height, width));
        }

        public Options padding(Size2d padding) {
            return new Options(stride, padding, dilation, ceilMode);
        }

        public Options dilation(long both) {
            return dilation(Size2d.of(both));
        }

        public Options dilation(long height, long width) {
            return dilation(Size2d.of(height, width));
        }

        public Options dilation(Size2d dilation) {
            return new Options(stride, padding, dilation, ceilMode);
        }

        public Options ceilMode(boolean ceilMode) {
            return new Options(stride, padding, dilation, ceilMode);
        }

        Size2d strideOr(Size2d kernelSize) {
            return stride == null ? kernelSize : stride;
        }
    }

    public MaxPool2d(long kernelSize) {
        this(kernelSize, options());
    }

    public MaxPool2d(long kernelSize, Options options) {
        this(Size2d.of(kernelSize), options);
    }

    public MaxPool2d(Size2d kernelSize, Options options) {
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
        return Functional.maxPool2d(input, kernelSize, options);
    }

    @Override
    public String extraRepr() {
        return "kernel_size=" + kernelSize + ", stride=" + options.strideOr(kernelSize) + ", padding="
                + options.padding() + ", dilation=" + options.dilation() + ", ceil_mode="
                + PythonText.of(options.ceilMode());
    }
}
