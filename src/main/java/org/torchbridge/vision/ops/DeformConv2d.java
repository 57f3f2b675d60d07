package org.torchbridge.vision.ops;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Init;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.Size;
import org.torchbridge.vision.Ops;

/**
 * A convolution whose kernel reads each of its elements at a shifted place. See {@link Ops#deformConv2d}. Weight and bias
 * start as those of {@link org.torchbridge.nn.Conv2d}.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.DeformConv2d.html">DeformConv2d</a>.
 */
public class DeformConv2d extends Module {
    private final long inChannels;
    private final long outChannels;
    private final Size kernelSize;
    private final Options options;
    public Parameter weight;
    public @Nullable Parameter bias;

    /** Stride 1, padding 0, dilation 1, groups 1, with a bias, unless set otherwise. */
    public record Options(Size stride, Size padding, Size dilation, long groups, boolean bias) {
        public Options {
            stride = pair(stride);
            padding = pair(padding);
            dilation = pair(dilation);
            if (groups <= 0) {
                throw new IllegalArgumentException("groups is " + groups + "; a positive number is expected");
            }
        }

        public Options stride(long... stride) {
            return Records.with(this, "stride", Size.of(stride));
        }

        public Options padding(long... padding) {
            return Records.with(this, "padding", Size.of(padding));
        }

        public Options dilation(long... dilation) {
            return Records.with(this, "dilation", Size.of(dilation));
        }

        public Options groups(long groups) {
            return Records.with(this, "groups", groups);
        }

        public Options bias(boolean bias) {
            return Records.with(this, "bias", bias);
        }
    }

    public static Options options() {
        return new Options(Size.of(1), Size.of(0), Size.of(1), 1, true);
    }

    public DeformConv2d(long inChannels, long outChannels, Size kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public DeformConv2d(long inChannels, long outChannels, Size kernelSize, Options options) {
        if (inChannels % options.groups != 0 || outChannels % options.groups != 0) {
            throw new IllegalArgumentException("groups is " + options.groups + "; a divisor of the channels, "
                    + inChannels + " in and " + outChannels + " out, is expected");
        }
        this.inChannels = inChannels;
        this.outChannels = outChannels;
        this.kernelSize = pair(kernelSize);
        this.options = options;
        long height = this.kernelSize.values().get(0);
        long width = this.kernelSize.values().get(1);
        weight = new Parameter(Torch.empty(outChannels, inChannels / options.groups, height, width));
        bias = options.bias ? new Parameter(Torch.empty(outChannels)) : null;
        resetParameters();
    }

    /** Draws the weight and the bias anew. */
    public void resetParameters() {
        double bound = 1 / Math.sqrt(weight.tensor().numel() / (double) outChannels);
        Init.uniform_(weight.tensor(), -bound, bound);
        if (bias != null) {
            Init.uniform_(bias.tensor(), -bound, bound);
        }
    }

    /** What the layer was made with. */
    public Options settings() {
        return options;
    }

    /** Makes the output from images and offsets. Hooks are not run: use {@link #call}. */
    public Tensor forward(Tensor input, Tensor offset, @Nullable Tensor mask) {
        return Ops.deformConv2d(
                input,
                offset,
                weight.tensor(),
                bias == null ? null : bias.tensor(),
                mask,
                new Ops.DeformConv2dOptions(options.stride, options.padding, options.dilation));
    }

    /** {@link #call(Tensor, Tensor, Tensor)} without a mask. */
    public final Tensor call(Tensor input, Tensor offset) {
        return call(input, offset, null);
    }

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor input, Tensor offset, @Nullable Tensor mask) {
        return hooked(
                inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1), (Tensor) inputs.get(2)),
                input,
                offset,
                mask);
    }

    @Override
    public String extraRepr() {
        return inChannels + ", " + outChannels + ", kernel_size=" + kernelSize + ", stride=" + options.stride
                + (options.padding.equals(Size.of(0, 0)) ? "" : ", padding=" + options.padding)
                + (options.dilation.equals(Size.of(1, 1)) ? "" : ", dilation=" + options.dilation)
                + (options.groups == 1 ? "" : ", groups=" + options.groups)
                + (bias == null ? ", bias=False" : "");
    }

    /** A height and a width, printed as such. */
    private static Size pair(Size size) {
        return size.values().size() == 1 && size.values().get(0) != null
                ? Size.of(size.values().get(0), size.values().get(0))
                : size;
    }
}
