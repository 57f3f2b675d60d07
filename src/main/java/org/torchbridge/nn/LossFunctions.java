package org.torchbridge.nn;

import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.internal.NativeTracer;

/** The part of {@link Functional} for losses. */
abstract class LossFunctions extends AttentionFunctions {
    private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

    LossFunctions() {}

    // ---- of differences

    public static Tensor l1Loss(Tensor input, Tensor target) {
        return l1Loss(input, target, Reduction.MEAN);
    }

    public static Tensor l1Loss(Tensor input, Tensor target, Reduction reduction) {
        return l1Loss(input, target, reduction, null);
    }

    /** See {@link L1Loss}; the mean is over the sum of the weights, which have the input's shape. */
    public static Tensor l1Loss(Tensor input, Tensor target, Reduction reduction, @Nullable Tensor weight) {
        if (weight == null) {
            return broadcast(input, target, (x, y) -> Torch.l1Loss(x, y, reduction.code()));
        }
        return weighted(l1Loss(input, target, Reduction.NONE), input, weight, reduction);
    }

    public static Tensor mseLoss(Tensor input, Tensor target) {
        return mseLoss(input, target, Reduction.MEAN);
    }

    public static Tensor mseLoss(Tensor input, Tensor target, Reduction reduction) {
        return mseLoss(input, target, reduction, null);
    }

    /** See {@link MSELoss}; the mean is over the sum of the weights, which have the input's shape. */
    public static Tensor mseLoss(Tensor input, Tensor target, Reduction reduction, @Nullable Tensor weight) {
        if (weight == null) {
            return broadcast(input, target, (x, y) -> Torch.mseLoss(x, y, reduction.code()));
        }
        return weighted(mseLoss(input, target, Reduction.NONE), input, weight, reduction);
    }

    public static Tensor smoothL1Loss(Tensor input, Tensor target) {
        return smoothL1Loss(input, target, Reduction.MEAN);
    }

    public static Tensor smoothL1Loss(Tensor input, Tensor target, Reduction reduction) {
        return smoothL1Loss(input, target, reduction, 1);
    }

    /** See {@link SmoothL1Loss}. */
    public static Tensor smoothL1Loss(Tensor input, Tensor target, Reduction reduction, double beta) {
        if (beta == 0) {
            return l1Loss(input, target, reduction);
        }
        return broadcast(input, target, (x, y) -> Torch.smoothL1Loss(x, y, reduction.code(), beta));
    }

    public static Tensor huberLoss(Tensor input, Tensor target) {
        return huberLoss(input, target, Reduction.MEAN);
    }

    public static Tensor huberLoss(Tensor input, Tensor target, Reduction reduction) {
        return huberLoss(input, target, reduction, 1);
    }

    public static Tensor huberLoss(Tensor input, Tensor target, Reduction reduction, double delta) {
        return huberLoss(input, target, reduction, delta, null);
    }

    /** See {@link HuberLoss}; the mean is over the number of elements, with or without weights of the input's shape. */
    public static Tensor huberLoss(
            Tensor input, Tensor target, Reduction reduction, double delta, @Nullable Tensor weight) {
        if (weight == null) {
            return broadcast(input, target, (x, y) -> Torch.huberLoss(x, y, reduction.code(), delta));
        }
        requireShape("Weight", weight, input);
        return reduction.of(huberLoss(input, target, Reduction.NONE, delta).mul(weight));
    }

    // ---- of classes

    public static Tensor crossEntropy(Tensor input, Tensor target) {
        return crossEntropy(input, target, CrossEntropyLoss.options());
    }

    /** See {@link CrossEntropyLoss}. */
    public static Tensor crossEntropy(Tensor input, Tensor target, CrossEntropyLoss.Options options) {
        return ofClasses(
                input,
                target,
                () -> Torch.crossEntropyLoss(
                        input,
                        target,
                        options.weight(),
                        options.reduction().code(),
                        options.ignoreIndex(),
                        options.labelSmoothing()));
    }

    public static Tensor nllLoss(Tensor input, Tensor target) {
        return nllLoss(input, target, NLLLoss.options());
    }

    /** See {@link NLLLoss}. */
    public static Tensor nllLoss(Tensor input, Tensor target, NLLLoss.Options options) {
        return ofClasses(
                input,
                target,
                () -> Torch.nllLossNd(
                        input, target, options.weight(), options.reduction().code(), options.ignoreIndex()));
    }

    public static Tensor multiMarginLoss(Tensor input, Tensor target) {
        return multiMarginLoss(input, target, MultiMarginLoss.options());
    }

    /** See {@link MultiMarginLoss}. */
    public static Tensor multiMarginLoss(Tensor input, Tensor target, MultiMarginLoss.Options options) {
        return ofClasses(
                input,
                target,
                () -> Torch.multiMarginLoss(
                        input,
                        target,
                        options.p(),
                        options.margin(),
                        options.weight(),
                        options.reduction().code()));
    }

    public static Tensor multilabelMarginLoss(Tensor input, Tensor target) {
        return multilabelMarginLoss(input, target, Reduction.MEAN);
    }

    /** See {@link MultiLabelMarginLoss}. */
    public static Tensor multilabelMarginLoss(Tensor input, Tensor target, Reduction reduction) {
        return ofClasses(input, target, () -> Torch.multilabelMarginLoss(input, target, reduction.code()));
    }

    public static Tensor ctcLoss(Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths) {
        return ctcLoss(logProbs, targets, inputLengths, targetLengths, CTCLoss.options());
    }

    /** See {@link CTCLoss}. */
    public static Tensor ctcLoss(
            Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths, CTCLoss.Options options) {
        return Torch.ctcLoss(
                logProbs,
                targets,
                inputLengths,
                targetLengths,
                options.blank(),
                options.reduction().code(),
                options.zeroInfinity());
    }

    // ---- of yes and no

    public static Tensor binaryCrossEntropy(Tensor input, Tensor target) {
        return binaryCrossEntropy(input, target, null);
    }

    public static Tensor binaryCrossEntropy(Tensor input, Tensor target, @Nullable Tensor weight) {
        return binaryCrossEntropy(input, target, weight, Reduction.MEAN);
    }

    /** See {@link BCELoss}. */
    public static Tensor binaryCrossEntropy(Tensor input, Tensor target, @Nullable Tensor weight, Reduction reduction) {
        requireShape("Target", target, input);
        Tensor expanded = weight == null
                ? null
                : Torch.broadcastTensors(List.of(weight, target)).get(0);
        return ofYesAndNo(input, target, () -> Torch.binaryCrossEntropy(input, target, expanded, reduction.code()));
    }

    public static Tensor binaryCrossEntropyWithLogits(Tensor input, Tensor target) {
        return binaryCrossEntropyWithLogits(input, target, BCEWithLogitsLoss.options());
    }

    /** See {@link BCEWithLogitsLoss}. */
    public static Tensor binaryCrossEntropyWithLogits(Tensor input, Tensor target, BCEWithLogitsLoss.Options options) {
        requireShape("Target", target, input);
        return ofYesAndNo(
                input,
                target,
                () -> Torch.binaryCrossEntropyWithLogits(
                        input,
                        target,
                        options.weight(),
                        options.posWeight(),
                        options.reduction().code()));
    }

    public static Tensor multilabelSoftMarginLoss(Tensor input, Tensor target) {
        return multilabelSoftMarginLoss(input, target, null);
    }

    public static Tensor multilabelSoftMarginLoss(Tensor input, Tensor target, @Nullable Tensor weight) {
        return multilabelSoftMarginLoss(input, target, weight, Reduction.MEAN);
    }

    /** See {@link MultiLabelSoftMarginLoss}. */
    public static Tensor multilabelSoftMarginLoss(
            Tensor input, Tensor target, @Nullable Tensor weight, Reduction reduction) {
        Tensor yes = target.mul(Torch.logSigmoid(input));
        Tensor no = Torch.rsub(target, 1).mul(Torch.logSigmoid(input.neg()));
        Tensor losses = yes.add(no).neg();
        Tensor weighted = weight == null ? losses : losses.mul(weight);
        return reduction.of(weighted.sum(-1).div(input.size(-1)));
    }

    public static Tensor softMarginLoss(Tensor input, Tensor target) {
        return softMarginLoss(input, target, Reduction.MEAN);
    }

    /** See {@link SoftMarginLoss}. */
    public static Tensor softMarginLoss(Tensor input, Tensor target, Reduction reduction) {
        return Torch.softMarginLoss(input, target, reduction.code());
    }

    // ---- of distributions

    public static Tensor klDiv(Tensor input, Tensor target) {
        return klDiv(input, target, Reduction.MEAN);
    }

    public static Tensor klDiv(Tensor input, Tensor target, Reduction reduction) {
        return klDiv(input, target, reduction, false);
    }

    /** See {@link KLDivLoss}. */
    public static Tensor klDiv(Tensor input, Tensor target, Reduction reduction, boolean logTarget) {
        if (reduction == Reduction.BATCHMEAN) {
            Tensor sum = Torch.klDiv(input, target, Reduction.SUM.code(), logTarget);
            return input.dim() == 0 ? sum : sum.div(input.size(0));
        }
        if (reduction == Reduction.MEAN) {
            Warnings.warn(
                    "kl_div",
                    "the mean of a Kullback-Leibler divergence is over all elements;"
                            + " BATCHMEAN, over the size of the batch, is what mathematics defines");
        }
        return Torch.klDiv(input, target, reduction.code(), logTarget);
    }

    public static Tensor poissonNllLoss(Tensor input, Tensor target) {
        return poissonNllLoss(input, target, PoissonNLLLoss.options());
    }

    /** See {@link PoissonNLLLoss}. */
    public static Tensor poissonNllLoss(Tensor input, Tensor target, PoissonNLLLoss.Options options) {
        return Torch.poissonNllLoss(
                input,
                target,
                options.logInput(),
                options.full(),
                options.eps(),
                options.reduction().code());
    }

    public static Tensor gaussianNllLoss(Tensor input, Tensor target, Tensor var) {
        return gaussianNllLoss(input, target, var, GaussianNLLLoss.options());
    }

    /** {@link #gaussianNllLoss(Tensor, Tensor, Tensor, GaussianNLLLoss.Options)} with one variance for all. */
    public static Tensor gaussianNllLoss(Tensor input, Tensor target, double var) {
        return gaussianNllLoss(input, target, Torch.fullLike(input, var));
    }

    /** See {@link GaussianNLLLoss}. */
    public static Tensor gaussianNllLoss(Tensor input, Tensor target, Tensor var, GaussianNLLLoss.Options options) {
        // In a trace, the check would hold for the example alone.
        if (!NativeTracer.isTracing() && var.lt(0).any().toBoolean()) {
            throw new IllegalArgumentException("var has negative entry/entries, the least is "
                    + var.min().toDouble() + "; variances are expected");
        }
        Tensor variance = varianceFor(input, var).clone();
        try (GradMode mode = Torch.noGrad()) {
            variance.clamp_(options.eps());
        }
        Tensor losses =
                variance.log().add(input.sub(target).pow(2).div(variance)).mul(0.5);
        return options.reduction().of(options.full() ? losses.add(HALF_LOG_TWO_PI) : losses);
    }

    // ---- of distances

    public static Tensor hingeEmbeddingLoss(Tensor input, Tensor target) {
        return hingeEmbeddingLoss(input, target, 1);
    }

    public static Tensor hingeEmbeddingLoss(Tensor input, Tensor target, double margin) {
        return hingeEmbeddingLoss(input, target, margin, Reduction.MEAN);
    }

    /** See {@link HingeEmbeddingLoss}. */
    public static Tensor hingeEmbeddingLoss(Tensor input, Tensor target, double margin, Reduction reduction) {
        return Torch.hingeEmbeddingLoss(input, target, margin, reduction.code());
    }

    public static Tensor cosineEmbeddingLoss(Tensor input1, Tensor input2, Tensor target) {
        return cosineEmbeddingLoss(input1, input2, target, 0);
    }

    public static Tensor cosineEmbeddingLoss(Tensor input1, Tensor input2, Tensor target, double margin) {
        return cosineEmbeddingLoss(input1, input2, target, margin, Reduction.MEAN);
    }

    /** See {@link CosineEmbeddingLoss}. */
    public static Tensor cosineEmbeddingLoss(
            Tensor input1, Tensor input2, Tensor target, double margin, Reduction reduction) {
        return Torch.cosineEmbeddingLoss(input1, input2, target, margin, reduction.code());
    }

    public static Tensor marginRankingLoss(Tensor input1, Tensor input2, Tensor target) {
        return marginRankingLoss(input1, input2, target, 0);
    }

    public static Tensor marginRankingLoss(Tensor input1, Tensor input2, Tensor target, double margin) {
        return marginRankingLoss(input1, input2, target, margin, Reduction.MEAN);
    }

    /** See {@link MarginRankingLoss}. */
    public static Tensor marginRankingLoss(
            Tensor input1, Tensor input2, Tensor target, double margin, Reduction reduction) {
        if (input1.dim() != input2.dim() || input1.dim() != target.dim()) {
            throw new IllegalArgumentException("margin_ranking_loss : All input tensors should have same dimension"
                    + " but got sizes: input1: " + shape(input1) + ", input2: " + shape(input2) + ", target: "
                    + shape(target));
        }
        return Torch.marginRankingLoss(input1, input2, target, margin, reduction.code());
    }

    public static Tensor tripletMarginLoss(Tensor anchor, Tensor positive, Tensor negative) {
        return tripletMarginLoss(anchor, positive, negative, TripletMarginLoss.options());
    }

    /** See {@link TripletMarginLoss}. */
    public static Tensor tripletMarginLoss(
            Tensor anchor, Tensor positive, Tensor negative, TripletMarginLoss.Options options) {
        return Torch.tripletMarginLoss(
                anchor,
                positive,
                negative,
                options.margin(),
                options.p(),
                options.eps(),
                options.swap(),
                options.reduction().code());
    }

    public static Tensor tripletMarginWithDistanceLoss(Tensor anchor, Tensor positive, Tensor negative) {
        return tripletMarginWithDistanceLoss(anchor, positive, negative, TripletMarginWithDistanceLoss.options());
    }

    /** See {@link TripletMarginWithDistanceLoss}. */
    public static Tensor tripletMarginWithDistanceLoss(
            Tensor anchor, Tensor positive, Tensor negative, TripletMarginWithDistanceLoss.Options options) {
        if (anchor.dim() != positive.dim() || anchor.dim() != negative.dim()) {
            throw new IllegalArgumentException("The anchor, positive, and negative tensors are expected to have the"
                    + " same number of dimensions, but got: anchor " + shape(anchor) + ", positive "
                    + shape(positive) + ", and negative " + shape(negative));
        }
        BinaryOperator<Tensor> distance =
                options.distanceFunction() == null ? Torch::pairwiseDistance : options.distanceFunction();
        Tensor near = distance.apply(anchor, positive);
        Tensor far = distance.apply(anchor, negative);
        if (options.swap()) {
            far = far.minimum(distance.apply(positive, negative));
        }
        return options.reduction().of(near.add(options.margin()).sub(far).clampMin(0));
    }

    // ---- what they share

    /** Python allows shapes that differ, and warns: (N) against (N, 1) is (N, N), which is hardly ever meant. */
    private static Tensor broadcast(Tensor input, Tensor target, BinaryOperator<Tensor> loss) {
        if (Arrays.equals(input.shape(), target.shape())) {
            return loss.apply(input, target);
        }
        Warnings.warn(
                "broadcast",
                "Using a target size (" + shape(target) + ") that is different to the input size ("
                        + shape(input) + "). This will likely lead to incorrect results due to broadcasting."
                        + " Please ensure they have the same size.");
        List<Tensor> expanded = Torch.broadcastTensors(List.of(input, target));
        return loss.apply(expanded.get(0), expanded.get(1));
    }

    private static Tensor weighted(Tensor losses, Tensor input, Tensor weight, Reduction reduction) {
        requireShape("Weight", weight, input);
        Tensor weighted = losses.mul(weight);
        return reduction == Reduction.MEAN ? weighted.sum().div(weight.sum()) : reduction.of(weighted);
    }

    private static Tensor ofClasses(Tensor input, Tensor target, Supplier<Tensor> loss) {
        return explained(loss, message -> wrongClasses(message, input, target));
    }

    private static @Nullable String wrongClasses(String message, Tensor input, Tensor target) {
        if (message.contains("out of bounds") || message.contains("out of range")) {
            long last = input.size(input.dim() == 1 ? 0 : 1) - 1;
            return message + " The input has shape " + shape(input) + ": a class from 0 to " + last + " is expected";
        }
        if (!input.dtype().isFloatingPoint()) {
            return "the input is " + described(input) + " and the target " + described(target)
                    + "; scores of a floating-point type are expected first, then the target";
        }
        if (message.startsWith("expected scalar type Long")) {
            return "the target is " + described(target) + "; classes as torch.int64 are expected";
        }
        if (message.contains("multi-target not supported")) {
            long[] expected = input.dim() == 1 ? new long[0] : new long[] {input.size(0)};
            return "the target is " + described(target) + " and the input " + described(input)
                    + "; one class for each row is expected, as torch.int64" + Arrays.toString(expected);
        }
        return null;
    }

    private static Tensor ofYesAndNo(Tensor input, Tensor target, Supplier<Tensor> loss) {
        return explained(
                loss,
                message -> target.dtype() == input.dtype()
                        ? null
                        : "the target is " + described(target) + "; the input's type, " + input.dtype()
                                + ", is expected");
    }

    /** Explains what libtorch refuses. To look at all classes before each loss would take time. */
    private static Tensor explained(Supplier<Tensor> loss, Function<String, @Nullable String> explanation) {
        try {
            return loss.get();
        } catch (TorchException e) {
            String explained = explanation.apply(e.getMessage());
            if (explained != null) {
                throw new IllegalArgumentException(explained, e);
            }
            throw e;
        }
    }

    private static Tensor varianceFor(Tensor input, Tensor var) {
        long[] wanted = input.shape();
        long[] given = var.shape();
        if (Arrays.equals(wanted, given) || hasOneOfSizeOne(wanted, given)) {
            return var;
        }
        if (given.length == wanted.length - 1 && Arrays.equals(Arrays.copyOf(wanted, given.length), given)) {
            return var.unsqueeze(-1);
        }
        throw new IllegalArgumentException("var is of incorrect size, " + shape(var) + "; the input's " + shape(input)
                + ", or this without the last dimension or with one dimension of size 1 is expected");
    }

    private static boolean hasOneOfSizeOne(long[] wanted, long[] given) {
        int mismatch = Arrays.mismatch(wanted, given);
        if (wanted.length != given.length || given[mismatch] != 1) {
            return false;
        }
        long[] filled = given.clone();
        filled[mismatch] = wanted[mismatch];
        return Arrays.equals(wanted, filled);
    }

    private static void requireShape(String what, Tensor tensor, Tensor input) {
        if (!Arrays.equals(tensor.shape(), input.shape())) {
            throw new IllegalArgumentException(
                    what + " size (" + shape(tensor) + ") must be the same as input size (" + shape(input) + ")");
        }
    }

    private static String described(Tensor tensor) {
        return tensor.dtype() + shape(tensor);
    }

    private static String shape(Tensor tensor) {
        return Arrays.toString(tensor.shape());
    }
}
