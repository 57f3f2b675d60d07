package org.torchbridge.vision.ops;

import java.util.List;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Conv;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.nn.Size;

/** A convolution, a normalisation and an activation; the last two may be left out. */
public abstract class ConvNormActivation extends Sequential {
    private final long outChannels;

    /**
     * Kernel 3, stride 1, a padding that keeps the size at stride 1, groups 1, batch normalisation, ReLU, dilation 1, in
     * place, a bias if there is no normalisation, unless set otherwise.
     *
     * @param padding null for as much as keeps the size at stride 1, if the kernel is odd
     * @param normLayer makes the normalisation of a number of channels; null for none
     * @param activationLayer makes the activation, which is told whether it works in place; null for none
     * @param bias null for a bias if there is no normalisation
     */
    public record Options(
            Size kernelSize,
            Size stride,
            @Nullable Size padding,
            long groups,
            @Nullable LongFunction<? extends Layer> normLayer,
            @Nullable Function<Boolean, ? extends Layer> activationLayer,
            Size dilation,
            boolean inplace,
            @Nullable Boolean bias) {

        public Options kernelSize(long... kernelSize) {
            return Records.with(this, "kernelSize", Size.of(kernelSize));
        }

        public Options stride(long... stride) {
            return Records.with(this, "stride", Size.of(stride));
        }

        public Options padding(long... padding) {
            return Records.with(this, "padding", Size.of(padding));
        }

        public Options groups(long groups) {
            return Records.with(this, "groups", groups);
        }

        public Options normLayer(@Nullable LongFunction<? extends Layer> normLayer) {
            return Records.with(this, "normLayer", normLayer);
        }

        public Options activationLayer(@Nullable Function<Boolean, ? extends Layer> activationLayer) {
            return Records.with(this, "activationLayer", activationLayer);
        }

        public Options dilation(long... dilation) {
            return Records.with(this, "dilation", Size.of(dilation));
        }

        public Options inplace(boolean inplace) {
            return Records.with(this, "inplace", inplace);
        }

        public Options bias(@Nullable Boolean bias) {
            return Records.with(this, "bias", bias);
        }

        /** The convolution's options. */
        Conv.Options convolution() {
            return Conv2d.options()
                    .stride(stride)
                    .padding(padding == null ? keepingPadding() : padding)
                    .dilation(dilation)
                    .groups(groups)
                    .bias(bias == null ? normLayer == null : bias);
        }

        private Size keepingPadding() {
            List<@Nullable Long> kernel = kernelSize.values();
            List<@Nullable Long> distance = dilation.values();
            long[] padding = new long[Math.max(kernel.size(), distance.size())];
            for (int i = 0; i < padding.length; i++) {
                padding[i] = (kernel.get(Math.min(i, kernel.size() - 1)) - 1)
                        / 2
                        * distance.get(Math.min(i, distance.size() - 1));
            }
            return Size.of(padding);
        }
    }

    static Options options(LongFunction<? extends Layer> normLayer) {
        return new Options(Size.of(3), Size.of(1), null, 1, normLayer, ReLU::new, Size.of(1), true, null);
    }

    ConvNormActivation(Layer convolution, long outChannels, Options options) {
        this.outChannels = outChannels;
        append(convolution);
        if (options.normLayer != null) {
            append(options.normLayer.apply(outChannels));
        }
        if (options.activationLayer != null) {
            append(options.activationLayer.apply(options.inplace));
        }
    }

    public long outChannels() {
        return outChannels;
    }
}
