package org.torchbridge.vision;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeVision;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Size;

/**
 * The operators of detectors: boxes, regions, losses.
 *
 * <p>Boxes are (N, 4), the left, top, right and bottom side of each. The regions that the pooling operators cut out of a
 * batch of images are (K, 5), the number of an image and a box, or a list with the boxes of each image.
 *
 * <p>The operators that libtorch does not have, of which TorchScript programs call {@code torchvision::nms} and its like,
 * are on the CPU only, for numbers of 64, 32 and 16 bits, with first derivatives. {@link #register} makes programs that
 * somebody else loads find them.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/ops.html">torchvision.ops</a>.
 */
public final class Ops extends BoxFunctions {
    // Above so many numbers it is faster to go through the classes.
    private static final long MOST_AT_ONCE = 4000;

    private Ops() {}

    /** Makes libtorch know torchvision's operators, unless the real torchvision was loaded before. Has an effect once. */
    public static void register() {
        NativeVision.register();
    }

    // ---- boxes and scores

    /**
     * Goes through the boxes from the highest score to the lowest and removes those whose intersection over union with one
     * that stays is above the threshold.
     *
     * @param scores one for each box
     * @return the numbers of the boxes that stay, the highest score first
     */
    public static Tensor nms(Tensor boxes, Tensor scores, double iouThreshold) {
        Tensor kept = Adoption.adopt(NativeVision.nms(boxes.handle(), scores.handle(), iouThreshold));
        keepAlive(boxes, scores);
        return kept;
    }

    /** {@link #nms} in each class by itself; {@code idxs} has the class of each box. */
    public static Tensor batchedNms(Tensor boxes, Tensor scores, Tensor idxs, double iouThreshold) {
        if (boxes.numel() == 0) {
            return Torch.empty(new long[] {0}, TensorOptions.of(DType.INT64).device(boxes.device()));
        }
        return boxes.numel() > MOST_AT_ONCE
                ? nmsOfEachClass(boxes, scores, idxs, iouThreshold)
                : nmsOfShiftedBoxes(boxes, scores, idxs, iouThreshold);
    }

    /** Shifts the boxes of each class so far that they overlap with none of another. */
    private static Tensor nmsOfShiftedBoxes(Tensor boxes, Tensor scores, Tensor classes, double iouThreshold) {
        Tensor shifts = classes.to(boxes).mul(boxes.max().add(1));
        return nms(boxes.add(shifts.unsqueeze(1)), scores, iouThreshold);
    }

    private static Tensor nmsOfEachClass(Tensor boxes, Tensor scores, Tensor classes, double iouThreshold) {
        Tensor stays = Torch.zerosLike(scores, DType.BOOL);
        for (Tensor each :
                Torch.uniqueConsecutive(classes.sort().values()).get(0).unbind(0)) {
            Tensor members = Torch.where(classes.eq(each)).get(0);
            Tensor kept = nms(boxes.indexSelect(0, members), scores.indexSelect(0, members), iouThreshold);
            stays.indexFill_(0, members.indexSelect(0, kept), 1);
        }
        Tensor kept = Torch.where(stays).get(0);
        Tensor order = scores.indexSelect(0, kept).sort(-1, true).indices();
        return kept.indexSelect(0, order);
    }

    // ---- regions

    /** The boxes of each image as regions: (L, 4) for each to (K, 5). */
    public static Tensor rois(List<Tensor> boxes) {
        List<Tensor> regions = new ArrayList<>();
        for (int image = 0; image < boxes.size(); image++) {
            Tensor each = boxes.get(image);
            if (each.dim() != 2 || each.size(1) != 4) {
                throw new IllegalArgumentException(
                        "the boxes of image " + image + " are " + each.dim() + "-dimensional; (boxes, 4) is expected");
            }
            regions.add(Torch.cat(List.of(Torch.fullLike(each.narrow(1, 0, 1), image), each), 1));
        }
        return Torch.cat(regions);
    }

    /**
     * How {@link #roiAlign} finds the points of a region: scale 1, a point for each pixel, not aligned, unless set
     * otherwise.
     *
     * @param spatialScale what a region's coordinates are multiplied by
     * @param samplingRatio the number of points in a bin, in each direction; 0 or less for as many as there are pixels
     * @param aligned whether coordinates are those of a pixel's corner, so that half a pixel is taken off; otherwise a region
     *     has at least the size of a pixel
     */
    public record RoiAlignOptions(double spatialScale, long samplingRatio, boolean aligned) {
        public RoiAlignOptions spatialScale(double spatialScale) {
            return Records.with(this, "spatialScale", spatialScale);
        }

        public RoiAlignOptions samplingRatio(long samplingRatio) {
            return Records.with(this, "samplingRatio", samplingRatio);
        }

        public RoiAlignOptions aligned(boolean aligned) {
            return Records.with(this, "aligned", aligned);
        }
    }

    public static RoiAlignOptions roiAlignOptions() {
        return new RoiAlignOptions(1, -1, false);
    }

    public static Tensor roiAlign(Tensor input, Tensor boxes, Size outputSize) {
        return roiAlign(input, boxes, outputSize, roiAlignOptions());
    }

    public static Tensor roiAlign(Tensor input, List<Tensor> boxes, Size outputSize) {
        return roiAlign(input, rois(boxes), outputSize, roiAlignOptions());
    }

    public static Tensor roiAlign(Tensor input, List<Tensor> boxes, Size outputSize, RoiAlignOptions options) {
        return roiAlign(input, rois(boxes), outputSize, options);
    }

    /**
     * Cuts each region into {@code outputSize} bins, each of which becomes the mean of points that are interpolated between
     * the pixels: (N, C, H, W) to (K, C, *outputSize).
     *
     * <p>See <a href="https://arxiv.org/abs/1703.06870">Mask R-CNN</a>.
     */
    public static Tensor roiAlign(Tensor input, Tensor boxes, Size outputSize, RoiAlignOptions options) {
        long[] size = pair("outputSize", outputSize);
        Tensor pooled = Adoption.adopt(NativeVision.roiAlign(
                input.handle(),
                boxes.handle(),
                options.spatialScale,
                size[0],
                size[1],
                options.samplingRatio,
                options.aligned));
        keepAlive(input, boxes);
        return pooled;
    }

    public static Tensor roiPool(Tensor input, Tensor boxes, Size outputSize) {
        return roiPool(input, boxes, outputSize, 1);
    }

    public static Tensor roiPool(Tensor input, List<Tensor> boxes, Size outputSize, double spatialScale) {
        return roiPool(input, rois(boxes), outputSize, spatialScale);
    }

    /**
     * Cuts each region, in whole pixels, into {@code outputSize} bins, each of which becomes its largest pixel, or 0 if it
     * has none: (N, C, H, W) to (K, C, *outputSize).
     *
     * <p>See <a href="https://arxiv.org/abs/1504.08083">Fast R-CNN</a>.
     *
     * @param spatialScale what a region's coordinates are multiplied by
     */
    public static Tensor roiPool(Tensor input, Tensor boxes, Size outputSize, double spatialScale) {
        long[] size = pair("outputSize", outputSize);
        Tensor pooled =
                Adoption.adopt(NativeVision.roiPool(input.handle(), boxes.handle(), spatialScale, size[0], size[1]));
        keepAlive(input, boxes);
        return pooled;
    }

    public static Tensor psRoiAlign(Tensor input, Tensor boxes, Size outputSize) {
        return psRoiAlign(input, boxes, outputSize, 1, -1);
    }

    public static Tensor psRoiAlign(Tensor input, Tensor boxes, Size outputSize, double spatialScale) {
        return psRoiAlign(input, boxes, outputSize, spatialScale, -1);
    }

    public static Tensor psRoiAlign(
            Tensor input, List<Tensor> boxes, Size outputSize, double spatialScale, long samplingRatio) {
        return psRoiAlign(input, rois(boxes), outputSize, spatialScale, samplingRatio);
    }

    /**
     * {@link #roiAlign}, aligned, with channels of its own for each bin: (N, C · height · width, H, W) to
     * (K, C, height, width).
     *
     * <p>See <a href="https://arxiv.org/abs/1711.07264">Light-Head R-CNN</a>.
     */
    public static Tensor psRoiAlign(
            Tensor input, Tensor boxes, Size outputSize, double spatialScale, long samplingRatio) {
        long[] size = pair("outputSize", outputSize);
        Tensor pooled = Adoption.adopt(
                NativeVision.psRoiAlign(input.handle(), boxes.handle(), spatialScale, size[0], size[1], samplingRatio));
        keepAlive(input, boxes);
        return pooled;
    }

    public static Tensor psRoiPool(Tensor input, Tensor boxes, Size outputSize) {
        return psRoiPool(input, boxes, outputSize, 1);
    }

    public static Tensor psRoiPool(Tensor input, List<Tensor> boxes, Size outputSize, double spatialScale) {
        return psRoiPool(input, rois(boxes), outputSize, spatialScale);
    }

    /**
     * The mean of the pixels of each bin, which has channels of its own: (N, C · height · width, H, W) to
     * (K, C, height, width).
     *
     * <p>See <a href="https://arxiv.org/abs/1605.06409">R-FCN</a>.
     */
    public static Tensor psRoiPool(Tensor input, Tensor boxes, Size outputSize, double spatialScale) {
        long[] size = pair("outputSize", outputSize);
        Tensor pooled =
                Adoption.adopt(NativeVision.psRoiPool(input.handle(), boxes.handle(), spatialScale, size[0], size[1]));
        keepAlive(input, boxes);
        return pooled;
    }

    // ---- deformable convolution

    /** Stride 1, padding 0, dilation 1, unless set otherwise. */
    public record DeformConv2dOptions(Size stride, Size padding, Size dilation) {
        public DeformConv2dOptions stride(Size stride) {
            return Records.with(this, "stride", stride);
        }

        public DeformConv2dOptions stride(long... stride) {
            return stride(Size.of(stride));
        }

        public DeformConv2dOptions padding(Size padding) {
            return Records.with(this, "padding", padding);
        }

        public DeformConv2dOptions padding(long... padding) {
            return padding(Size.of(padding));
        }

        public DeformConv2dOptions dilation(Size dilation) {
            return Records.with(this, "dilation", dilation);
        }

        public DeformConv2dOptions dilation(long... dilation) {
            return dilation(Size.of(dilation));
        }
    }

    public static DeformConv2dOptions deformConv2dOptions() {
        return new DeformConv2dOptions(Size.of(1), Size.of(0), Size.of(1));
    }

    public static Tensor deformConv2d(Tensor input, Tensor offset, Tensor weight) {
        return deformConv2d(input, offset, weight, null, null, deformConv2dOptions());
    }

    /**
     * A convolution whose kernel reads each of its elements at a place that is shifted by an offset, and multiplies it by a
     * mask. The groups follow from the shapes.
     *
     * <p>See <a href="https://arxiv.org/abs/1811.11168">Deformable ConvNets v2</a>.
     *
     * @param input (N, in, H, W)
     * @param offset (N, 2 · groups of offsets · kernel height · kernel width, H', W'): y and x for each element
     * @param weight (out, in / groups, kernel height, kernel width)
     * @param mask (N, groups of offsets · kernel height · kernel width, H', W')
     */
    public static Tensor deformConv2d(
            Tensor input,
            Tensor offset,
            Tensor weight,
            @Nullable Tensor bias,
            @Nullable Tensor mask,
            DeformConv2dOptions options) {
        requireImages("input", input);
        requireImages("offset", offset);
        requireImages("weight", weight);
        TensorOptions like = TensorOptions.of(input.dtype()).device(input.device());
        Tensor anyBias = bias == null ? Torch.zeros(new long[] {weight.size(0)}, like) : bias;
        Tensor anyMask = mask == null ? Torch.zeros(new long[] {input.size(0), 0}, like) : mask;
        Tensor output = Adoption.adopt(NativeVision.deformConv2d(
                input.handle(),
                weight.handle(),
                offset.handle(),
                anyMask.handle(),
                anyBias.handle(),
                convolution(input, offset, weight, options),
                mask != null));
        keepAlive(input, offset, weight, anyBias, anyMask);
        return output;
    }

    private static long[] convolution(Tensor input, Tensor offset, Tensor weight, DeformConv2dOptions options) {
        long[] stride = pair("stride", options.stride);
        long[] padding = pair("padding", options.padding);
        long[] dilation = pair("dilation", options.dilation);
        long offsets = 2 * weight.size(2) * weight.size(3);
        if (weight.size(1) == 0 || offsets == 0 || offset.size(1) < offsets) {
            throw new IllegalArgumentException("the offset has " + offset.size(1)
                    + " channels; a multiple of two for each element of the kernel, " + offsets + ", is expected");
        }
        return new long[] {
            stride[0],
            stride[1],
            padding[0],
            padding[1],
            dilation[0],
            dilation[1],
            input.size(1) / weight.size(1),
            offset.size(1) / offsets
        };
    }

    private static void requireImages(String name, Tensor tensor) {
        if (tensor.dim() != 4) {
            throw new IllegalArgumentException(name + " has " + tensor.dim()
                    + " dimensions; 4 are expected, the last two of them height and width");
        }
    }

    /** A height and a width. */
    private static long[] pair(String name, Size size) {
        List<@Nullable Long> values = size.values();
        if (values.size() > 2 || values.contains(null)) {
            throw new IllegalArgumentException(name + " is " + size + "; one number or two are expected");
        }
        return new long[] {values.get(0), values.get(values.size() - 1)};
    }

    private static void keepAlive(Tensor... tensors) {
        Reference.reachabilityFence(tensors);
    }
}
