package org.torchbridge.nn;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * Makes sequences, images or volumes larger or smaller. Input (N, C, L), (N, C, H, W) or (N, C, D, H, W); all
 * dimensions but the first two change.
 *
 * <pre>{@code
 * Upsample twice = new Upsample(Upsample.options().scaleFactor(2).mode(Upsample.Mode.BILINEAR));
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Upsample.html">Upsample</a>.
 */
public class Upsample extends Layer {
    private final Options options;

    /** How the values between the given ones are found. */
    public enum Mode {
        /** The one whose place is the output's times the scale, rounded down. */
        NEAREST(0),
        /** The one nearest to the centre of the output's place. */
        NEAREST_EXACT(0),
        /** On the line between two, in sequences. */
        LINEAR(1),
        /** Between four, in images. */
        BILINEAR(2),
        /** By cubic polynomials through sixteen, in images. */
        BICUBIC(2),
        /** Between eight, in volumes. */
        TRILINEAR(3),
        /** The mean of those that become one: adaptive average pooling. */
        AREA(0);

        /** The dimensions this mode is for; 0 for all. */
        private final int dimensions;

        Mode(int dimensions) {
            this.dimensions = dimensions;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * One of the output's size and its ratio to the input's has to be set; the nearest values, unless set otherwise.
     *
     * @param alignCorners whether the centres of the corner pixels stay where they are, rather than the corners; null
     *     means false, and nothing else goes with {@code NEAREST}, {@code NEAREST_EXACT} and {@code AREA}
     * @param recomputeScaleFactor whether the output's size, rounded down, makes the scale that is calculated with
     * @param antialias whether the filter is as wide as the reduction; for {@code BILINEAR} and {@code BICUBIC}
     */
    public record Options(
            @Nullable Size size,
            @Nullable Ratio scaleFactor,
            Mode mode,
            @Nullable Boolean alignCorners,
            boolean recomputeScaleFactor,
            boolean antialias) {
        private static final Options DEFAULT = new Options(null, null, Mode.NEAREST, null, false, false);

        public Options {
            if (size != null && scaleFactor != null) {
                throw new IllegalArgumentException(
                        "size is " + size + " and scaleFactor " + scaleFactor + "; only one of them can be given");
            }
            if (size != null && recomputeScaleFactor) {
                throw new IllegalArgumentException(
                        "size is " + size + ": there is no scale factor that could be recomputed");
            }
        }

        public Options size(long... size) {
            return size(Size.of(size));
        }

        public Options size(@Nullable Size size) {
            return Records.with(this, "size", size);
        }

        public Options scaleFactor(double... scaleFactor) {
            return scaleFactor(Ratio.of(scaleFactor));
        }

        public Options scaleFactor(@Nullable Ratio scaleFactor) {
            return Records.with(this, "scaleFactor", scaleFactor);
        }

        public Options mode(Mode mode) {
            return Records.with(this, "mode", mode);
        }

        public Options alignCorners(@Nullable Boolean alignCorners) {
            return Records.with(this, "alignCorners", alignCorners);
        }

        public Options recomputeScaleFactor(boolean recomputeScaleFactor) {
            return Records.with(this, "recomputeScaleFactor", recomputeScaleFactor);
        }

        public Options antialias(boolean antialias) {
            return Records.with(this, "antialias", antialias);
        }

        /** Checks what the order of the setters must not matter for. */
        void requireConsistent() {
            if (alignCorners != null && mode.dimensions == 0) {
                throw new IllegalArgumentException(
                        "alignCorners is " + alignCorners + "; the mode " + mode + " has no corners to align");
            }
            if (antialias && mode != Mode.BILINEAR && mode != Mode.BICUBIC) {
                throw new IllegalArgumentException(
                        "the mode is " + mode + "; antialias goes with BILINEAR and BICUBIC only");
            }
        }

        /** The dimensions that change, if the mode goes with an input of so many. */
        int requireDimensions(long inputDimensions) {
            int dimensions = (int) inputDimensions - 2;
            if (dimensions < 1 || dimensions > 3 || mode.dimensions != 0 && mode.dimensions != dimensions) {
                throw new IllegalArgumentException("the input has " + inputDimensions + " dimensions; "
                        + (mode.dimensions == 0 ? "3, 4 or 5" : mode.dimensions + 2) + " are expected for the mode "
                        + mode);
            }
            return dimensions;
        }

        /** The output's size in the dimensions that change, or null if libtorch has to find it by the scale. */
        long @Nullable [] outputSizeFor(long[] inputShape) {
            int dimensions = inputShape.length - 2;
            if (size != null) {
                return size.expand("size", dimensions);
            }
            if (scaleFactor == null) {
                throw new IllegalArgumentException("neither size nor scaleFactor is given; one of them is expected");
            }
            if (!recomputeScaleFactor && mode != Mode.AREA) {
                return null;
            }
            double[] scale = scaleFactor.expand("scaleFactor", dimensions);
            long[] scaled = new long[dimensions];
            for (int i = 0; i < dimensions; i++) {
                scaled[i] = (long) Math.floor(inputShape[i + 2] * scale[i]);
            }
            return scaled;
        }
    }

    public Upsample(Options options) {
        options.requireConsistent();
        this.options = options;
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.interpolate(input, options);
    }

    @Override
    public String extraRepr() {
        String target = options.scaleFactor() == null
                ? "size=" + (options.size() == null ? "None" : options.size())
                : "scale_factor=" + options.scaleFactor();
        return target + ", mode='" + options.mode().text() + "'";
    }
}
