package org.torchbridge.nn;

import org.torchbridge.internal.Records;

/** What {@link Unfold} and {@link Fold} share: how a block moves over an image. */
public abstract class SlidingBlocks extends Layer {
    private final Size kernelSize;
    private final Options options;

    /** Dilation 1, padding 0, stride 1, unless set otherwise. */
    public record Options(Size dilation, Size padding, Size stride) {
        private static final Options DEFAULT = new Options(Size.of(1), Size.of(0), Size.of(1));

        public Options dilation(long... dilation) {
            return dilation(Size.of(dilation));
        }

        public Options dilation(Size dilation) {
            return Records.with(this, "dilation", dilation);
        }

        public Options padding(long... padding) {
            return padding(Size.of(padding));
        }

        public Options padding(Size padding) {
            return Records.with(this, "padding", padding);
        }

        public Options stride(long... stride) {
            return stride(Size.of(stride));
        }

        public Options stride(Size stride) {
            return Records.with(this, "stride", stride);
        }
    }

    SlidingBlocks(Size kernelSize, Options options) {
        this.kernelSize = kernelSize;
        this.options = options;
        kernelSize.expand("kernelSize", 2);
        options.dilation().expand("dilation", 2);
        options.padding().expand("padding", 2);
        options.stride().expand("stride", 2);
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
        return "kernel_size=" + kernelSize + ", dilation=" + options.dilation() + ", padding=" + options.padding()
                + ", stride=" + options.stride();
    }
}
