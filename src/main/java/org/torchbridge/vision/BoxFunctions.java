package org.torchbridge.vision;

import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.Index;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * The part of {@link Ops} for boxes. Boxes are (N, 4): the left, top, right and bottom side of each, with left &lt; right
 * and top &lt; bottom.
 */
abstract class BoxFunctions extends BoxLosses {
    BoxFunctions() {}

    /** The area of each box: (N, 4) to (N). Small types of numbers become larger ones first. */
    public static Tensor boxArea(Tensor boxes) {
        Tensor b = upcast(boxes);
        return side(b, 2).sub(side(b, 0)).mul(side(b, 3).sub(side(b, 1)));
    }

    /** The intersection over union of each box of the first with each of the second: (N, 4) and (M, 4) to (N, M). */
    public static Tensor boxIou(Tensor boxes1, Tensor boxes2) {
        return Overlap.of(boxes1, boxes2).iou();
    }

    /**
     * As {@link #boxIou}, less how much of the smallest box around both is in none of them: -1 to 1.
     *
     * <p>See <a href="https://arxiv.org/abs/1902.09630">Generalized Intersection over Union</a>.
     */
    public static Tensor generalizedBoxIou(Tensor boxes1, Tensor boxes2) {
        Overlap overlap = Overlap.of(boxes1, boxes2);
        Tensor around = upcast(enclosing(boxes1, boxes2)).clamp(0);
        Tensor area = around.get(Index.ELLIPSIS, Index.at(0)).mul(around.get(Index.ELLIPSIS, Index.at(1)));
        return overlap.iou().sub(area.sub(overlap.union()).div(area));
    }

    /** {@link #distanceBoxIou(Tensor, Tensor, double)} with eps 1e-7. */
    public static Tensor distanceBoxIou(Tensor boxes1, Tensor boxes2) {
        return distanceBoxIou(boxes1, boxes2, EPS);
    }

    /**
     * As {@link #boxIou}, less the squared distance of the centres over the squared diagonal of the smallest box around
     * both, to which {@code eps} is added.
     *
     * <p>See <a href="https://arxiv.org/abs/1911.08287">Distance-IoU Loss</a>.
     */
    public static Tensor distanceBoxIou(Tensor boxes1, Tensor boxes2, double eps) {
        Tensor first = upcast(boxes1);
        Tensor second = upcast(boxes2);
        return boxIou(first, second).sub(centreDistance(first, second, eps));
    }

    /** {@link #completeBoxIou(Tensor, Tensor, double)} with eps 1e-7. */
    public static Tensor completeBoxIou(Tensor boxes1, Tensor boxes2) {
        return completeBoxIou(boxes1, boxes2, EPS);
    }

    /**
     * As {@link #distanceBoxIou}, less how much the ratios of width to height differ.
     *
     * <p>See <a href="https://arxiv.org/abs/1911.08287">Distance-IoU Loss</a>.
     */
    public static Tensor completeBoxIou(Tensor boxes1, Tensor boxes2, double eps) {
        Tensor first = upcast(boxes1);
        Tensor second = upcast(boxes2);
        Tensor iou = boxIou(first, second);
        Tensor v = ratioDifference(aspect(first.unsqueeze(1)), aspect(second));
        return iou.sub(centreDistance(first, second, eps))
                .sub(ratioWeight(v, iou, eps).mul(v));
    }

    /** Boxes of one format as boxes of another: a new tensor, of the same shape. */
    public static Tensor boxConvert(Tensor boxes, BoxFormat inFmt, BoxFormat outFmt) {
        return inFmt.convert(boxes, outFmt);
    }

    /** The boxes, cut at the sides of an image of the given height and width. */
    public static Tensor clipBoxesToImage(Tensor boxes, long[] size) {
        if (size.length != 2) {
            throw new IllegalArgumentException(
                    "the size of the image has " + size.length + " numbers; a height and a width are expected");
        }
        Tensor x = boxes.get(Index.ELLIPSIS, Index.slice(0L, null, 2)).clamp(0, size[1]);
        Tensor y = boxes.get(Index.ELLIPSIS, Index.slice(1L, null, 2)).clamp(0, size[0]);
        return Torch.stack(List.of(x, y), boxes.dim()).reshape(boxes.shape());
    }

    /** The numbers of the boxes whose width and height are {@code minSize} or more. */
    public static Tensor removeSmallBoxes(Tensor boxes, double minSize) {
        Tensor wide = side(boxes, 2).sub(side(boxes, 0)).ge(minSize);
        Tensor high = side(boxes, 3).sub(side(boxes, 1)).ge(minSize);
        return Torch.where(wide.logicalAnd(high)).get(0);
    }

    /** The smallest box around what is not 0 in each mask: (N, H, W) to (N, 4). No mask may be all zeros. */
    public static Tensor masksToBoxes(Tensor masks) {
        if (masks.numel() == 0) {
            return Torch.zeros(0, 4);
        }
        return Torch.stack(masks.unbind(0).stream().map(BoxFunctions::box).toList());
    }

    private static Tensor box(Tensor mask) {
        List<Tensor> places = Torch.where(mask.ne(0));
        Tensor y = places.get(0);
        Tensor x = places.get(1);
        if (x.numel() == 0) {
            throw new IllegalArgumentException("a mask is all zeros; there is no box around nothing");
        }
        return Torch.stack(List.of(x.min(), y.min(), x.max(), y.max())).to(DType.FLOAT32);
    }

    /** Intersections and unions of all pairs, (N, M). */
    private record Overlap(Tensor intersection, Tensor union) {
        static Overlap of(Tensor boxes1, Tensor boxes2) {
            Tensor leftTop = corner(boxes1, true).unsqueeze(1).maximum(corner(boxes2, true));
            Tensor rightBottom = corner(boxes1, false).unsqueeze(1).minimum(corner(boxes2, false));
            Tensor size = upcast(rightBottom.sub(leftTop)).clamp(0);
            Tensor intersection = size.get(Index.ELLIPSIS, Index.at(0)).mul(size.get(Index.ELLIPSIS, Index.at(1)));
            return new Overlap(
                    intersection,
                    boxArea(boxes1).unsqueeze(1).add(boxArea(boxes2)).sub(intersection));
        }

        Tensor iou() {
            return intersection.div(union);
        }
    }

    /** The squared distance of the centres over the squared diagonal, for all pairs. */
    private static Tensor centreDistance(Tensor boxes1, Tensor boxes2, double eps) {
        Tensor diagonal =
                upcast(enclosing(boxes1, boxes2)).clamp(0).pow(2).sum(-1).add(eps);
        Tensor distance = centre(boxes1).unsqueeze(1).sub(centre(boxes2));
        return upcast(distance).pow(2).sum(-1).div(diagonal);
    }

    /** Width and height of the smallest box around both, for all pairs. */
    private static Tensor enclosing(Tensor boxes1, Tensor boxes2) {
        Tensor leftTop = corner(boxes1, true).unsqueeze(1).minimum(corner(boxes2, true));
        return corner(boxes1, false).unsqueeze(1).maximum(corner(boxes2, false)).sub(leftTop);
    }

    private static Tensor centre(Tensor boxes) {
        return corner(boxes, true).add(corner(boxes, false)).div(2);
    }

    private static Tensor corner(Tensor boxes, boolean first) {
        return boxes.get(Index.ELLIPSIS, first ? Index.to(2) : Index.from(2));
    }

    /** The same numbers in a type that products of coordinates fit in. */
    private static Tensor upcast(Tensor numbers) {
        DType type = numbers.dtype();
        if (type.isFloatingPoint()) {
            return type == DType.FLOAT32 || type == DType.FLOAT64 ? numbers : numbers.to(DType.FLOAT32);
        }
        return type == DType.INT32 || type == DType.INT64 ? numbers : numbers.to(DType.INT32);
    }
}
