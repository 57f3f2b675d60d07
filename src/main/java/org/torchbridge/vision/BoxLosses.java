package org.torchbridge.vision;

import org.torchbridge.DType;
import org.torchbridge.GradMode;
import org.torchbridge.Index;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Reduction;

/** The part of {@link Ops} for the losses of detectors. Boxes are as in {@link BoxFunctions}, one for one. */
abstract class BoxLosses extends DropFunctions {
    static final double EPS = 1e-7;

    BoxLosses() {}

    /** {@link #generalizedBoxIouLoss(Tensor, Tensor, Reduction, double)} of each pair, with eps 1e-7. */
    public static Tensor generalizedBoxIouLoss(Tensor boxes1, Tensor boxes2) {
        return generalizedBoxIouLoss(boxes1, boxes2, Reduction.NONE, EPS);
    }

    /** {@link #generalizedBoxIouLoss(Tensor, Tensor, Reduction, double)} with eps 1e-7. */
    public static Tensor generalizedBoxIouLoss(Tensor boxes1, Tensor boxes2, Reduction reduction) {
        return generalizedBoxIouLoss(boxes1, boxes2, reduction, EPS);
    }

    /**
     * 1 less the generalised intersection over union of each box with the one at the same place. {@code eps} is added to
     * what is divided by.
     *
     * <p>See <a href="https://arxiv.org/abs/1902.09630">Generalized Intersection over Union</a>.
     */
    public static Tensor generalizedBoxIouLoss(Tensor boxes1, Tensor boxes2, Reduction reduction, double eps) {
        BoxPairs pairs = BoxPairs.of(boxes1, boxes2);
        Tensor area = pairs.enclosingArea();
        Tensor giou = pairs.iou(eps).sub(area.sub(pairs.union()).div(area.add(eps)));
        return reduced(oneMinus(giou), reduction);
    }

    /** {@link #distanceBoxIouLoss(Tensor, Tensor, Reduction, double)} of each pair, with eps 1e-7. */
    public static Tensor distanceBoxIouLoss(Tensor boxes1, Tensor boxes2) {
        return distanceBoxIouLoss(boxes1, boxes2, Reduction.NONE, EPS);
    }

    /** {@link #distanceBoxIouLoss(Tensor, Tensor, Reduction, double)} with eps 1e-7. */
    public static Tensor distanceBoxIouLoss(Tensor boxes1, Tensor boxes2, Reduction reduction) {
        return distanceBoxIouLoss(boxes1, boxes2, reduction, EPS);
    }

    /**
     * 1 less the intersection over union of each box with the one at the same place, plus the squared distance of their
     * centres over the squared diagonal of the smallest box around both. {@code eps} is added to what is divided by.
     *
     * <p>See <a href="https://arxiv.org/abs/1911.08287">Distance-IoU Loss</a>.
     */
    public static Tensor distanceBoxIouLoss(Tensor boxes1, Tensor boxes2, Reduction reduction, double eps) {
        BoxPairs pairs = BoxPairs.of(boxes1, boxes2);
        return reduced(distanceLoss(pairs, pairs.iou(eps), eps), reduction);
    }

    /** {@link #completeBoxIouLoss(Tensor, Tensor, Reduction, double)} of each pair, with eps 1e-7. */
    public static Tensor completeBoxIouLoss(Tensor boxes1, Tensor boxes2) {
        return completeBoxIouLoss(boxes1, boxes2, Reduction.NONE, EPS);
    }

    /** {@link #completeBoxIouLoss(Tensor, Tensor, Reduction, double)} with eps 1e-7. */
    public static Tensor completeBoxIouLoss(Tensor boxes1, Tensor boxes2, Reduction reduction) {
        return completeBoxIouLoss(boxes1, boxes2, reduction, EPS);
    }

    /**
     * The {@link #distanceBoxIouLoss} with eps 1e-7, plus how much the ratios of width to height differ; {@code eps} is
     * added to what this is divided by.
     *
     * <p>See <a href="https://arxiv.org/abs/1911.08287">Distance-IoU Loss</a>.
     */
    public static Tensor completeBoxIouLoss(Tensor boxes1, Tensor boxes2, Reduction reduction, double eps) {
        BoxPairs pairs = BoxPairs.of(boxes1, boxes2);
        Tensor iou = pairs.iou(EPS);
        Tensor v = ratioDifference(aspect(pairs.second()), aspect(pairs.first()));
        Tensor loss = distanceLoss(pairs, iou, EPS).add(ratioWeight(v, iou, eps).mul(v));
        return reduced(loss, reduction);
    }

    /** {@link #sigmoidFocalLoss(Tensor, Tensor, double, double, Reduction)} of each element, alpha 0.25, gamma 2. */
    public static Tensor sigmoidFocalLoss(Tensor inputs, Tensor targets) {
        return sigmoidFocalLoss(inputs, targets, 0.25, 2, Reduction.NONE);
    }

    /** {@link #sigmoidFocalLoss(Tensor, Tensor, double, double, Reduction)} of each element. */
    public static Tensor sigmoidFocalLoss(Tensor inputs, Tensor targets, double alpha, double gamma) {
        return sigmoidFocalLoss(inputs, targets, alpha, gamma, Reduction.NONE);
    }

    /**
     * Binary cross-entropy in which what is classified well already counts less: each loss is multiplied by (1 - p)^gamma,
     * p being the probability of the right class.
     *
     * <p>See <a href="https://arxiv.org/abs/1708.02002">Focal Loss for Dense Object Detection</a>.
     *
     * @param inputs scores before the sigmoid
     * @param targets 0 or 1 for each score
     * @param alpha the weight of class 1, that of class 0 being 1 - alpha; negative for no weights
     */
    public static Tensor sigmoidFocalLoss(
            Tensor inputs, Tensor targets, double alpha, double gamma, Reduction reduction) {
        Tensor p = inputs.sigmoid();
        Tensor other = oneMinus(targets);
        Tensor right = p.mul(targets).add(oneMinus(p).mul(other));
        Tensor loss = Torch.binaryCrossEntropyWithLogits(inputs, targets, null, null, 0)
                .mul(oneMinus(right).pow(gamma));
        if (alpha >= 0) {
            loss = targets.mul(alpha).add(other.mul(1 - alpha)).mul(loss);
        }
        return reduction == Reduction.MEAN ? loss.mean() : reduced(loss, reduction);
    }

    private static Tensor distanceLoss(BoxPairs pairs, Tensor iou, double eps) {
        return oneMinus(iou)
                .add(pairs.centreDistance().div(pairs.enclosingDiagonal().add(eps)));
    }

    /** Width over height. */
    static Tensor aspect(Tensor boxes) {
        return side(boxes, 2).sub(side(boxes, 0)).div(side(boxes, 3).sub(side(boxes, 1)));
    }

    /** How much ratios of width to height differ: 0 to 1. */
    static Tensor ratioDifference(Tensor ratio1, Tensor ratio2) {
        return ratio1.atan().sub(ratio2.atan()).pow(2).mul(4 / (Math.PI * Math.PI));
    }

    /** How much that counts: the more, the better the boxes overlap. No gradient goes through it. */
    static Tensor ratioWeight(Tensor difference, Tensor iou, double eps) {
        try (GradMode none = Torch.noGrad()) {
            return difference.div(oneMinus(iou).add(difference).add(eps));
        }
    }

    static Tensor side(Tensor boxes, long number) {
        return boxes.get(Index.ELLIPSIS, Index.at(number));
    }

    private static Tensor oneMinus(Tensor x) {
        return Torch.rsub(x, 1);
    }

    /** The mean of no losses is 0, with a gradient. */
    private static Tensor reduced(Tensor losses, Reduction reduction) {
        return switch (reduction) {
            case NONE -> losses;
            case MEAN -> losses.numel() > 0 ? losses.mean() : losses.sum().mul(0);
            case SUM -> losses.sum();
            default -> throw new IllegalArgumentException(
                    "the reduction is " + reduction + "; NONE, MEAN or SUM is expected");
        };
    }

    /** Each box with the one at the same place. */
    private record BoxPairs(Tensor first, Tensor second, Tensor intersection, Tensor union) {

        static BoxPairs of(Tensor boxes1, Tensor boxes2) {
            Tensor first = floating(boxes1);
            Tensor second = floating(boxes2);
            Tensor width = least(first, second, 2).sub(most(first, second, 0));
            Tensor height = least(first, second, 3).sub(most(first, second, 1));
            Tensor overlap = width.gt(0).logicalAnd(height.gt(0));
            Tensor intersection = Torch.where(overlap, width.mul(height), 0.0);
            return new BoxPairs(
                    first, second, intersection, area(first).add(area(second)).sub(intersection));
        }

        private static Tensor floating(Tensor boxes) {
            boolean fits = boxes.dtype() == DType.FLOAT32 || boxes.dtype() == DType.FLOAT64;
            return fits ? boxes : boxes.to(DType.FLOAT32);
        }

        private static Tensor least(Tensor first, Tensor second, long number) {
            return side(first, number).minimum(side(second, number));
        }

        private static Tensor most(Tensor first, Tensor second, long number) {
            return side(first, number).maximum(side(second, number));
        }

        private static Tensor area(Tensor boxes) {
            return side(boxes, 2).sub(side(boxes, 0)).mul(side(boxes, 3).sub(side(boxes, 1)));
        }

        Tensor iou(double eps) {
            return intersection.div(union.add(eps));
        }

        private Tensor enclosingWidth() {
            return most(first, second, 2).sub(least(first, second, 0));
        }

        private Tensor enclosingHeight() {
            return most(first, second, 3).sub(least(first, second, 1));
        }

        Tensor enclosingArea() {
            return enclosingWidth().mul(enclosingHeight());
        }

        Tensor enclosingDiagonal() {
            return enclosingWidth().pow(2).add(enclosingHeight().pow(2));
        }

        Tensor centreDistance() {
            return centreDifference(0).pow(2).add(centreDifference(1).pow(2));
        }

        private Tensor centreDifference(long number) {
            Tensor centre1 = side(first, number + 2).add(side(first, number)).div(2);
            Tensor centre2 = side(second, number).add(side(second, number + 2)).div(2);
            return centre1.sub(centre2);
        }
    }
}
