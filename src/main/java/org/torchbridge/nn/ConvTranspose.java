package org.torchbridge.nn;

import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * The transpose of a {@link Conv} in one, two or three dimensions: it makes large outputs of small inputs. A
 * dimension of size L becomes one of size (L - 1) · stride - 2 · padding + dilation · (kernel - 1) + outputPadding +
 * 1.
 *
 * <p>{@code weight} is (in, out / groups, *kernel), {@code bias} (out); at first both are uniform between -b and b with
 * b = 1 / √(out / groups · elements of the kernel).
 */
public abstract class ConvTranspose extends ConvNd {
    private final Options options;

    /**
     * Stride 1, padding 0, output padding 0, groups 1, with a bias, dilation 1, unless set otherwise. There is no
     * padding mode, since Python has none but zeros here.
     *
     * @param padding how much of the full output is left out on each side
     * @param outputPadding how much is added to the output's size on one side
     * @param groups how many parts the channels have that do not see each other
     * @param dilation the distance between two elements of the kernel
     */
    public record Options(Size stride, Size padding, Size outputPadding, long groups, boolean bias, Size dilation) {
        private static final Options DEFAULT = new Options(Size.of(1), Size.of(0), Size.of(0), 1, true, Size.of(1));

        public Options {
            requirePositiveGroups(groups);
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
            return Records.with(this, "padding", padding);
        }

        public Options outputPadding(long... outputPadding) {
            return outputPadding(Size.of(outputPadding));
        }

        public Options outputPadding(Size outputPadding) {
            return Records.with(this, "outputPadding", outputPadding);
        }

        public Options groups(long groups) {
            return Records.with(this, "groups", groups);
        }

        public Options bias(boolean bias) {
            return Records.with(this, "bias", bias);
        }

        public Options dilation(long... dilation) {
            return dilation(Size.of(dilation));
        }

        public Options dilation(Size dilation) {
            return Records.with(this, "dilation", dilation);
        }

        Options expanded(int dimensions) {
            return new Options(
                    stride.expanded("stride", dimensions),
                    padding.expanded("padding", dimensions),
                    outputPadding.expanded("outputPadding", dimensions),
                    groups,
                    bias,
                    dilation.expanded("dilation", dimensions));
        }
    }

    ConvTranspose(int dimensions, long inChannels, long outChannels, Size kernelSize, Options options) {
        super(
                inChannels,
                outChannels,
                kernelSize.expanded("kernelSize", dimensions),
                options.bias(),
                groupMultiple("inChannels", inChannels, options.groups()),
                groupMultiple("outChannels", outChannels, options.groups()) / options.groups());
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

    @Override
    public Tensor forward(Tensor input) {
        return convolve(input, options);
    }

    /**
     * An output of the given size: of all sizes that a convolution of this kind makes the input's size from. It takes
     * the place of the output padding.
     *
     * @param outputSize of the output's last dimensions, or of all; none means that of the options
     */
    public Tensor forward(Tensor input, long... outputSize) {
        return convolve(
                input, outputSize.length == 0 ? options : options.outputPadding(outputPadding(input, outputSize)));
    }

    /** Runs {@link #forward(Tensor, long...)} with the hooks before and after it. */
    public final Tensor call(Tensor input, long... outputSize) {
        return hooked(inputs -> forward((Tensor) inputs.get(0), (long[]) inputs.get(1)), input, outputSize);
    }

    /** The functional operator of this layer's dimensions. */
    abstract Tensor convolve(Tensor input, Options settings);

    /** What the lazy layers do with their first inputs. */
    void initializeChannels(List<Object> inputs) {
        findInChannels(inputs);
        if (isUninitialized()) {
            materialize(groupMultiple("inChannels", inChannels, options.groups()), outChannels / options.groups());
        }
    }

    @Override
    public String extraRepr() {
        return channelsAndKernel()
                + ", stride=" + options.stride()
                + textUnless(0, "padding", options.padding())
                + textUnless(1, "dilation", options.dilation())
                + textUnless(0, "output_padding", options.outputPadding())
                + (options.groups() == 1 ? "" : ", groups=" + options.groups())
                + (bias == null ? ", bias=False" : "");
    }

    private long[] outputPadding(Tensor input, long[] outputSize) {
        ConvolutionFunctions.requireDimensions(input, kernelSize().values().size());
        long[] smallest = smallestOutput(input.shape());
        long[] stride = options.stride().expand("stride", smallest.length);
        long[] size = Size.lastOf("outputSize", outputSize, smallest.length, input.dim());
        long[] padding = new long[size.length];
        for (int i = 0; i < size.length; i++) {
            padding[i] = size[i] - smallest[i];
            if (padding[i] < 0 || padding[i] >= stride[i]) {
                throw new IllegalArgumentException("outputSize is " + PythonText.tuple(size) + "; for the input "
                        + PythonText.tuple(input.shape()) + " dimension " + i + " can have " + smallest[i] + " to "
                        + (smallest[i] + stride[i] - 1));
            }
        }
        return padding;
    }

    private long[] smallestOutput(long[] inputShape) {
        int dimensions = kernelSize().values().size();
        long[] kernel = kernelSize().expand("kernelSize", dimensions);
        long[] stride = options.stride().expand("stride", dimensions);
        long[] padding = options.padding().expand("padding", dimensions);
        long[] dilation = options.dilation().expand("dilation", dimensions);
        long[] smallest = new long[dimensions];
        for (int i = 0; i < dimensions; i++) {
            long size = inputShape[inputShape.length - dimensions + i];
            smallest[i] = (size - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel[i] - 1) + 1;
        }
        return smallest;
    }
}
