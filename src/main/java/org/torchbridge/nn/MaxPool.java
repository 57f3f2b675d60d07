package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.Records;

/**
 * The largest value under a kernel that moves over the input. A dimension of size L becomes one of size
 * ⌊(L + 2 · padding - dilation · (kernel - 1) - 1) / stride⌋ + 1.
 */
public abstract class MaxPool extends IndexedPool {
    private final Size kernelSize;
    private final Options options;

    /**
     * As stride the kernel's size, padding 0, dilation 1, sizes rounded down, unless set otherwise.
     *
     * @param stride null means the kernel's size
     * @param padding how much is added on each side, smaller than any value
     * @param ceilMode whether the output's size is rounded up
     */
    public record Options(@Nullable Size stride, Size padding, Size dilation, boolean ceilMode) {
        private static final Options DEFAULT = new Options(null, Size.of(0), Size.of(1), false);

        public Options stride(long... stride) {
            return stride(Size.of(stride));
        }

        public Options stride(@Nullable Size stride) {
            return Records.with(this, "stride", stride);
        }

        public Options padding(long... padding) {
            return padding(Size.of(padding));
        }

        public Options padding(Size padding) {
            return Records.with(this, "padding", padding);
        }

        public Options dilation(long... dilation) {
            return dilation(Size.of(dilation));
        }

        public Options dilation(Size dilation) {
            return Records.with(this, "dilation", dilation);
        }

        public Options ceilMode(boolean ceilMode) {
            return Records.with(this, "ceilMode", ceilMode);
        }

        Size strideOr(Size kernelSize) {
            return stride == null ? kernelSize : stride;
        }
    }

    MaxPool(int dimensions, Size kernelSize, Options options) {
        this.kernelSize = kernelSize;
        this.options = options;
        kernelSize.expand("kernelSize", dimensions);
        options.strideOr(kernelSize).expand("stride", dimensions);
        options.padding().expand("padding", dimensions);
        options.dilation().expand("dilation", dimensions);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    public Size kernelSize() {
        return kernelSize;
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options;
    }

    @Override
    public String extraRepr() {
        return "kernel_size=" + kernelSize + ", stride=" + options.strideOr(kernelSize) + ", padding="
                + options.padding() + ", dilation=" + options.dilation() + ", ceil_mode="
                + PythonText.of(options.ceilMode());
    }
}
