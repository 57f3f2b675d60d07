package org.torchbridge.nn;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * Convolution over images. Input (N, in, H, W) or (in, H, W), output (N, out, H', W') or (out, H', W') with
 * H' = ⌊(H + 2 · padding - dilation · (kernel - 1) - 1) / stride⌋ + 1.
 *
 * <pre>{@code
 * Conv2d conv = new Conv2d(3, 64, 7, Conv2d.options().stride(2).padding(3).bias(false));
 * }</pre>
 *
 * <p>{@code weight} is (out, in / groups, kernel height, kernel width), {@code bias} (out); at first both are uniform
 * between -b and b with b = 1 / √(in / groups · kernel height · kernel width).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html">Conv2d</a>.
 */
public class Conv2d extends Layer {
    private final long inChannels;
    private final long outChannels;
    private final Size2d kernelSize;
    private final Options options;
    public Parameter weight;
    public @Nullable Parameter bias;

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

    /** What an image is padded with. */
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
     * @param namedPadding if not null, it takes the place of {@code padding}
     */
    public record Options(
            Size2d stride,
            Size2d padding,
            @Nullable NamedPadding namedPadding,
            Size2d dilation,
            long groups,
            boolean bias,
            PaddingMode paddingMode) {
        private static final Options DEFAULT =
                new Options(Size2d.of(1), Size2d.of(0), null, Size2d.of(1), 1, true, PaddingMode.ZEROS);

        public Options {
            if (groups <= 0) {
                throw new IllegalArgumentException("groups is " + groups + "; a positive number is expected");
            }
            if (namedPadding == NamedPadding.SAME && !stride.isBoth(1)) {
                throw new IllegalArgumentException(
                        "the padding is SAME and the stride " + stride + "; this padding goes with stride 1 only");
            }
        }

        public Options stride(long both) {
            return stride(Size2d.of(both));
        }

        public Options stride(long height, long width) {
            return stride(Size2d.of(height, width));
        }

        public Options stride(Size2d stride) {
            return new Options(stride, padding, namedPadding, dilation, groups, bias, paddingMode);
        }

        public Options padding(long both) {
            return padding(Size2d.of(both));
        }

        public Options padding(long height, long width) {
            return padding(Size2d.of(height, width));
        }

        public Options padding(Size2d padding) {
            return new Options(stride, padding, null, dilation, groups, bias, paddingMode);
        }

        public Options padding(NamedPadding named) {
            return new Options(stride, Size2d.of(0), named, dilation, groups, bias, paddingMode);
        }

        public Options dilation(long both) {
            return dilation(Size2d.of(both));
        }

        public Options dilation(long height, long width) {
            return dilation(Size2d.of(height, width));
        }

        public Options dilation(Size2d dilation) {
            return new Options(stride, padding, namedPadding, dilation, groups, bias, paddingMode);
        }

        public Options groups(long groups) {
            return new Options(stride, padding, namedPadding, dilation, groups, bias, paddingMode);
        }

        public Options bias(boolean bias) {
            return new Options(stride, padding, namedPadding, dilation, groups, bias, paddingMode);
        }

        public Options paddingMode(PaddingMode paddingMode) {
            return new Options(stride, padding, namedPadding, dilation, groups, bias, paddingMode);
        }

        /** How much to pad left, right, above and below, for a weight of the given shape. */
        long[] paddingAround(long[] weightShape) {
            if (namedPadding != NamedPadding.SAME) {
                return new long[] {padding.width(), padding.width(), padding.height(), padding.height()};
            }
            long vertical = dilation.height() * (weightShape[2] - 1);
            long horizontal = dilation.width() * (weightShape[3] - 1);
            long left = horizontal / 2;
            long above = vertical / 2;
            return new long[] {left, horizontal - left, above, vertical - above};
        }
    }

    public Conv2d(long inChannels, long outChannels, long kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public Conv2d(long inChannels, long outChannels, long kernelSize, Options options) {
        this(inChannels, outChannels, Size2d.of(kernelSize), options);
    }

    public Conv2d(long inChannels, long outChannels, Size2d kernelSize, Options options) {
        requireDivisible("in", inChannels, options.groups());
        requireDivisible("out", outChannels, options.groups());
        this.inChannels = inChannels;
        this.outChannels = outChannels;
        this.kernelSize = kernelSize;
        this.options = options;
        long[] shape = {outChannels, inChannels / options.groups(), kernelSize.height(), kernelSize.width()};
        this.weight = new Parameter(Torch.empty(shape));
        this.bias = options.bias() ? new Parameter(Torch.empty(outChannels)) : null;
        Init.resetWeightAndBias(this.weight, this.bias);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    public long inChannels() {
        return inChannels;
    }

    public long outChannels() {
        return outChannels;
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
        return Functional.conv2d(input, weight.tensor(), bias == null ? null : bias.tensor(), options);
    }

    @Override
    public String extraRepr() {
        StringBuilder text = new StringBuilder()
                .append(inChannels + ", " + outChannels)
                .append(", kernel_size=" + kernelSize.pair())
                .append(", stride=" + options.stride().pair());
        if (options.namedPadding() != null) {
            text.append(", padding=" + options.namedPadding().text());
        } else if (!options.padding().isBoth(0)) {
            text.append(", padding=" + options.padding().pair());
        }
        if (!options.dilation().isBoth(1)) {
            text.append(", dilation=" + options.dilation().pair());
        }
        if (options.groups() != 1) {
            text.append(", groups=" + options.groups());
        }
        if (bias == null) {
            text.append(", bias=False");
        }
        if (options.paddingMode() != PaddingMode.ZEROS) {
            text.append(", padding_mode=" + options.paddingMode().text());
        }
        return text.toString();
    }

    private static void requireDivisible(String which, long channels, long groups) {
        if (channels % groups != 0) {
            throw new IllegalArgumentException(
                    which + "Channels is " + channels + "; a multiple of groups, " + groups + ", is expected");
        }
    }
}
