package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.Records;

/**
 * The mean of the values under a kernel that moves over the input. A dimension of size L becomes one of size
 * ⌊(L + 2 · padding - kernel) / stride⌋ + 1.
 */
public abstract class AvgPool extends Layer {
    private final Size kernelSize;
    private final Options options;

    /**
     * As stride the kernel's size, padding 0, sizes rounded down, padding counted, unless set otherwise.
     *
     * @param stride null means the kernel's size
     * @param padding how many zeros are added on each side
     * @param ceilMode whether the output's size is rounded up
     * @param countIncludePad whether the padding counts in the mean
     * @param divisorOverride what to divide the sum by, in two and three dimensions; null means the number of values
     */
    public record Options(
            @Nullable Size stride,
            Size padding,
            boolean ceilMode,
            boolean countIncludePad,
            @Nullable Long divisorOverride) {
        private static final Options DEFAULT = new Options(null, Size.of(0), false, true, null);

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

        public Options ceilMode(boolean ceilMode) {
            return Records.with(this, "ceilMode", ceilMode);
        }

        public Options countIncludePad(boolean countIncludePad) {
            return Records.with(this, "countIncludePad", countIncludePad);
        }

        public Options divisorOverride(@Nullable Long divisorOverride) {
            return Records.with(this, "divisorOverride", divisorOverride);
        }

        Size strideOr(Size kernelSize) {
            return stride == null ? kernelSize : stride;
        }

        Options expanded(int dimensions) {
            return padding(padding.expanded("padding", dimensions))
                    .stride(stride == null ? null : stride.expanded("stride", dimensions));
        }

        void requireNoDivisor() {
            if (divisorOverride != null) {
                throw new IllegalArgumentException(
                        "divisorOverride is " + divisorOverride + "; averaging in one dimension has none");
            }
        }
    }

    AvgPool(int dimensions, Size kernelSize, Options options) {
        this.kernelSize = kernelSize;
        this.options = options;
        kernelSize.expand("kernelSize", dimensions);
        options.expanded(dimensions);
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
                + options.padding();
    }
}
