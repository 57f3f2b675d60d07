package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.Records;

/**
 * (Σ xᵖ)^(1/p) over the values under a kernel that moves over the input: for p = 1 their sum, for a large p nearly the
 * largest. A dimension of size L becomes one of size ⌊(L - kernel) / stride⌋ + 1.
 */
public abstract class LPPool extends Layer {
    private final Number normType;
    private final Size kernelSize;
    private final Options options;

    /**
     * As stride the kernel's size, sizes rounded down, unless set otherwise.
     *
     * @param stride null means the kernel's size
     * @param ceilMode whether the output's size is rounded up
     */
    public record Options(@Nullable Size stride, boolean ceilMode) {
        private static final Options DEFAULT = new Options(null, false);

        public Options stride(long... stride) {
            return stride(Size.of(stride));
        }

        public Options stride(@Nullable Size stride) {
            return Records.with(this, "stride", stride);
        }

        public Options ceilMode(boolean ceilMode) {
            return Records.with(this, "ceilMode", ceilMode);
        }

        Size strideOr(Size kernelSize) {
            return stride == null ? kernelSize : stride;
        }
    }

    LPPool(int dimensions, Number normType, Size kernelSize, Options options) {
        this.normType = normType;
        this.kernelSize = kernelSize;
        this.options = options;
        kernelSize.expand("kernelSize", dimensions);
        options.strideOr(kernelSize).expand("stride", dimensions);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** The exponent. */
    public Number normType() {
        return normType;
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
        return "norm_type=" + PythonText.of(normType) + ", kernel_size=" + kernelSize + ", stride="
                + (options.stride() == null ? "None" : options.stride()) + ", ceil_mode="
                + PythonText.of(options.ceilMode());
    }
}
