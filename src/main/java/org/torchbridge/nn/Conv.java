package org.torchbridge.nn;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.Records;

/**
 * Convolution in one, two or three dimensions. A dimension of size L becomes one of size
 * ⌊(L + 2 · padding - dilation · (kernel - 1) - 1) / stride⌋ + 1.
 *
 * <p>{@code weight} is (out, in / groups, *kernel), {@code bias} (out); at first both are uniform between -b and b with
 * b = 1 / √(in / groups · elements of the kernel).
 */
public abstract class Conv extends ConvNd {
    private final Options options;

    /** A padding that follows from the kernel. */
    public enum NamedPadding {
        /** None. */
        VALID,
        /** As much as gives an output of the input's size; for stride 1 only. */
        SAME;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What an input is padded with. */
    public enum PaddingMode {
        ZEROS,
        REFLECT,
        REPLICATE,
        CIRCULAR;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Stride 1, padding 0, dilation 1, groups 1, with a bias, padded with zeros, unless set otherwise.
     *
     * @param padding how much is added on both sides of each dimension
     * @param namedPadding if not null, it takes the place of {@code padding}
     * @param dilation the distance between two elements of the kernel
     * @param groups how many parts the channels have that do not see each other
     * @param paddingMode what is added
     */
    public record Options(
            Size stride,
            Size padding,
            @Nullable NamedPadding namedPadding,
            Size dilation,
            long groups,
            boolean bias,
            PaddingMode paddingMode) {
        private static final Options DEFAULT =
                new Options(Size.of(1), Size.of(0), null, Size.of(1), 1, true, PaddingMode.ZEROS);

        public Options {
            requirePositiveGroups(groups);
            if (namedPadding == NamedPadding.SAME && !stride.isAll(1)) {
                throw new IllegalArgumentException(
                        "the padding is SAME and the stride " + stride + "; this padding goes with stride 1 only");
            }
        }

        public Options stride(long... stride) {
            return stride(Size.of(stride));
        }

        public Options stride(Size stride) {
            return Records.with(this, "stride", stride);
        }

        public Options padding(long... padding) {
            return padding(Size.of(padding));
        }

        public Options padding(Size padding) {
            return new Options(stride, padding, null, dilation, groups, bias, paddingMode);
        }

        public Options padding(NamedPadding named) {
            return new Options(stride, Size.of(0), named, dilation, groups, bias, paddingMode);
        }

        public Options dilation(long... dilation) {
            return dilation(Size.of(dilation));
        }

        public Options dilation(Size dilation) {
            return Records.with(this, "dilation", dilation);
        }

        public Options groups(long groups) {
            return Records.with(this, "groups", groups);
        }

        public Options bias(boolean bias) {
            return Records.with(this, "bias", bias);
        }

        public Options paddingMode(PaddingMode paddingMode) {
            return Records.with(this, "paddingMode", paddingMode);
        }

        Options expanded(int dimensions) {
            return new Options(
                    stride.expanded("stride", dimensions),
                    padding.expanded("padding", dimensions),
                    namedPadding,
                    dilation.expanded("dilation", dimensions),
                    groups,
                    bias,
                    paddingMode);
        }

        /** How much to pad before and after each dimension, the last one first, for a weight of the given shape. */
        long[] paddingAround(long[] weightShape) {
            int dimensions = weightShape.length - 2;
            long[] each = padding.expand("padding", dimensions);
            long[] dilations = dilation.expand("dilation", dimensions);
            long[] around = new long[2 * dimensions];
            for (int i = 0; i < dimensions; i++) {
                boolean same = namedPadding == NamedPadding.SAME;
                long total = same ? dilations[i] * (weightShape[i + 2] - 1) : 2 * each[i];
                int last = 2 * (dimensions - 1 - i);
                around[last] = total / 2;
                around[last + 1] = total - total / 2;
            }
            return around;
        }
    }

    Conv(int dimensions, long inChannels, long outChannels, Size kernelSize, Options options) {
        super(
                inChannels,
                outChannels,
                kernelSize.expanded("kernelSize", dimensions),
                options.bias(),
                groupMultiple("outChannels", outChannels, options.groups()),
                groupMultiple("inChannels", inChannels, options.groups()) / options.groups());
        this.options = options.expanded(dimensions);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** The options this layer was made with, with a number for each dimension. */
    public Options settings() {
        return options;
    }

    /** What the lazy layers do with their first inputs. */
    void initializeChannels(List<Object> inputs) {
        findInChannels(inputs);
        if (isUninitialized()) {
            materialize(outChannels, groupMultiple("inChannels", inChannels, options.groups()) / options.groups());
        }
    }

    @Override
    public String extraRepr() {
        String padding = options.namedPadding() != null
                ? ", padding=" + options.namedPadding().text()
                : textUnless(0, "padding", options.padding());
        return channelsAndKernel()
                + ", stride=" + options.stride()
                + padding
                + textUnless(1, "dilation", options.dilation())
                + (options.groups() == 1 ? "" : ", groups=" + options.groups())
                + (bias == null ? ", bias=False" : "")
                + (options.paddingMode() == PaddingMode.ZEROS
                        ? ""
                        : ", padding_mode=" + options.paddingMode().text());
    }
}
