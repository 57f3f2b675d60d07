package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * Puts the values that a {@link MaxPool} picked back where they were, with zeros around them. A dimension of size L
 * becomes one of size (L - 1) · stride - 2 · padding + kernel, or one that is given and differs by less than the
 * stride.
 *
 * <pre>{@code
 * MaxPool.WithIndices pooled = new MaxPool2d(2).callWithIndices(x);
 * Tensor sparse = new MaxUnpool2d(2).call(pooled.output(), pooled.indices(), x.shape());
 * }</pre>
 */
public abstract class MaxUnpool extends Module {
    private final Size kernelSize;
    private final Options options;

    /**
     * As stride the kernel's size, padding 0, unless set otherwise: what the pooling had.
     *
     * @param stride null means the kernel's size
     */
    public record Options(@Nullable Size stride, Size padding) {
        private static final Options DEFAULT = new Options(null, Size.of(0));

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

        Size strideOr(Size kernelSize) {
            return stride == null ? kernelSize : stride;
        }
    }

    MaxUnpool(int dimensions, Size kernelSize, Options options) {
        this.kernelSize = kernelSize.expanded("kernelSize", dimensions);
        this.options = new Options(
                options.strideOr(kernelSize).expanded("stride", dimensions),
                options.padding().expanded("padding", dimensions));
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** A number for each dimension. */
    public Size kernelSize() {
        return kernelSize;
    }

    /** The options this layer was made with, with a number for each dimension. */
    public Options settings() {
        return options;
    }

    /**
     * The values of {@code input} at {@code indices}. Hooks are not run: use {@link #call}.
     *
     * @param outputSize of the output's last dimensions, or of all; none means the usual one
     */
    public abstract Tensor forward(Tensor input, Tensor indices, long... outputSize);

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor input, Tensor indices, long... outputSize) {
        return hooked(
                inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1), (long[]) inputs.get(2)),
                input,
                indices,
                outputSize);
    }

    @Override
    public String extraRepr() {
        return "kernel_size=" + kernelSize + ", stride=" + options.stride() + ", padding=" + options.padding();
    }
}
