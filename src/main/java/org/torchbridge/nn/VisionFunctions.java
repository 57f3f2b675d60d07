package org.torchbridge.nn;

import java.lang.ref.Reference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeOperators;

/** The part of {@link Functional} for images: resizing, sampling, shuffling. */
abstract class VisionFunctions extends PoolingFunctions {
    VisionFunctions() {}

    /** Makes an image r times as large out of r² times as many channels: input (*, C · r², H, W). */
    public static Tensor pixelShuffle(Tensor input, long upscaleFactor) {
        return Torch.pixelShuffle(input, upscaleFactor);
    }

    /** Makes r² times as many channels out of an image r times as large: input (*, C, H · r, W · r). */
    public static Tensor pixelUnshuffle(Tensor input, long downscaleFactor) {
        return Torch.pixelUnshuffle(input, downscaleFactor);
    }

    /** Takes a channel of each group in turn: input (N, C, *). */
    public static Tensor channelShuffle(Tensor input, long groups) {
        return Torch.channelShuffle(input, groups);
    }

    /** {@link #channelShuffle} by a kernel of its own, through which there are no gradients. */
    public static Tensor nativeChannelShuffle(Tensor input, long groups) {
        return Torch.nativeChannelShuffle(input, groups);
    }

    /** {@link #interpolate}: its older name. */
    public static Tensor upsample(Tensor input, Upsample.Options options) {
        return interpolate(input, options);
    }

    /** See {@link UpsamplingNearest2d}; for sequences and volumes, too. */
    public static Tensor upsampleNearest(Tensor input, Upsample.Options options) {
        return interpolate(input, options.mode(Upsample.Mode.NEAREST));
    }

    /** See {@link UpsamplingBilinear2d}. */
    public static Tensor upsampleBilinear(Tensor input, Upsample.Options options) {
        return interpolate(input, options.mode(Upsample.Mode.BILINEAR).alignCorners(true));
    }

    /** See {@link Upsample}; input (N, C, L), (N, C, H, W) or (N, C, D, H, W). */
    public static Tensor interpolate(Tensor input, Upsample.Options options) {
        options.requireConsistent();
        int dimensions = options.requireDimensions(input.dim());
        long[] size = options.outputSizeFor(input.shape());
        double[] scale = size == null ? options.scaleFactor().expand("scaleFactor", dimensions) : null;
        boolean align = Boolean.TRUE.equals(options.alignCorners());
        return switch (options.mode()) {
            case NEAREST -> nearest(dimensions, input, size, scale);
            case NEAREST_EXACT -> nearestExact(dimensions, input, size, scale);
            case LINEAR -> Torch.upsampleLinear1d(input, size, align, scale);
            case BILINEAR -> options.antialias()
                    ? adopted(input, NativeOperators._upsample_bilinear2d_aa_vec(input.handle(), size, align, scale))
                    : Torch.upsampleBilinear2d(input, size, align, scale);
            case BICUBIC -> options.antialias()
                    ? adopted(input, NativeOperators._upsample_bicubic2d_aa_vec(input.handle(), size, align, scale))
                    : Torch.upsampleBicubic2d(input, size, align, scale);
            case TRILINEAR -> Torch.upsampleTrilinear3d(input, size, align, scale);
            case AREA -> averaged(dimensions, input, Size.tuple(size));
        };
    }

    /** Bilinear, with zeros outside. */
    public static Tensor gridSample(Tensor input, Tensor grid) {
        return gridSample(input, grid, GridSampleMode.BILINEAR, GridSamplePadding.ZEROS, false);
    }

    /** With zeros outside. */
    public static Tensor gridSample(Tensor input, Tensor grid, GridSampleMode mode) {
        return gridSample(input, grid, mode, GridSamplePadding.ZEROS);
    }

    public static Tensor gridSample(Tensor input, Tensor grid, GridSampleMode mode, GridSamplePadding paddingMode) {
        return gridSample(input, grid, mode, paddingMode, false);
    }

    /**
     * The values of input (N, C, H, W) at the places (x, y) in grid (N, H', W', 2), or of (N, C, D, H, W) at the places
     * (x, y, z) in (N, D', H', W', 3). A place is from -1, the first, to 1, the last.
     *
     * @param alignCorners whether -1 and 1 are the centres of the corner pixels, rather than the corners
     */
    public static Tensor gridSample(
            Tensor input, Tensor grid, GridSampleMode mode, GridSamplePadding paddingMode, boolean alignCorners) {
        return Torch.gridSampler(input, grid, mode.code(), paddingMode.code(), alignCorners);
    }

    /** {@link #affineGrid(Tensor, long[], boolean)} without aligned corners. */
    public static Tensor affineGrid(Tensor theta, long... size) {
        return affineGrid(theta, size, false);
    }

    /**
     * A grid for {@link #gridSample} from affine maps.
     *
     * @param theta (N, 2, 3) for images, (N, 3, 4) for volumes
     * @param size that of the output: (N, C, H, W) or (N, C, D, H, W)
     * @param alignCorners whether -1 and 1 are the centres of the corner pixels, rather than the corners
     */
    public static Tensor affineGrid(Tensor theta, long[] size, boolean alignCorners) {
        int rows = size.length - 2;
        long[] shape = theta.shape();
        boolean fits = shape.length == 3 && shape[1] == rows && shape[2] == rows + 1;
        if (rows < 2 || rows > 3 || !fits) {
            throw new IllegalArgumentException("theta is " + PythonText.tuple(shape) + " and size "
                    + PythonText.tuple(size) + "; (N, 2, 3) and 4 numbers or (N, 3, 4) and 5 numbers are expected");
        }
        if (!theta.dtype().isFloatingPoint()) {
            throw new IllegalArgumentException(
                    "theta is of " + theta.dtype() + "; floating-point numbers are expected");
        }
        if (LongStream.of(size).anyMatch(each -> each <= 0)) {
            throw new IllegalArgumentException("size is " + PythonText.tuple(size) + "; positive numbers are expected");
        }
        return Torch.affineGridGenerator(theta, size, alignCorners);
    }

    private static Tensor nearest(int dimensions, Tensor input, long @Nullable [] size, double @Nullable [] scale) {
        return switch (dimensions) {
            case 1 -> Torch.upsampleNearest1d(input, size, scale);
            case 2 -> Torch.upsampleNearest2d(input, size, scale);
            default -> Torch.upsampleNearest3d(input, size, scale);
        };
    }

    private static Tensor nearestExact(
            int dimensions, Tensor input, long @Nullable [] size, double @Nullable [] scale) {
        long result =
                switch (dimensions) {
                    case 1 -> NativeOperators._upsample_nearest_exact1d_vec(input.handle(), size, scale);
                    case 2 -> NativeOperators._upsample_nearest_exact2d_vec(input.handle(), size, scale);
                    default -> NativeOperators._upsample_nearest_exact3d_vec(input.handle(), size, scale);
                };
        return adopted(input, result);
    }

    private static Tensor averaged(int dimensions, Tensor input, Size size) {
        return switch (dimensions) {
            case 1 -> adaptiveAvgPool1d(input, size);
            case 2 -> adaptiveAvgPool2d(input, size);
            default -> adaptiveAvgPool3d(input, size);
        };
    }

    /** What a native operator made of {@code input}, which has to live until then. */
    private static Tensor adopted(Tensor input, long result) {
        Reference.reachabilityFence(input);
        return Adoption.adopt(result);
    }
}
