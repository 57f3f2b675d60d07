package org.torchbridge.onnx.exporter;

import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Named;

/** Losses of logarithms of probabilities and of scores, {@code (n, classes, ...)}, beside classes or probabilities. */
final class ClassLossRules {
    private static final List<String> REDUCTIONS = List.of("none", "mean", "sum");
    private static final int NONE = 0;
    private static final int MEAN = 1;

    private ClassLossRules() {}

    static void register(Rules r) {
        for (String kind : List.of("aten::nll_loss", "aten::nll_loss2d", "aten::nll_loss_nd")) {
            r.rule(kind, c -> batched(c, (x, target) -> likelihood(c, "NegativeLogLikelihoodLoss", x, target)));
        }
        r.rule("aten::cross_entropy_loss", c -> batched(c, (x, target) -> crossEntropy(c, x, target)));
    }

    /** What has no batch gets one; the loss of each is a number then. */
    private static Named batched(Call c, BinaryOperator<Named> loss) {
        Named x = c.tensor("self");
        Named target = c.tensor("target");
        if (c.rank(x) > 1) {
            return loss.apply(x, target);
        }
        Named result = loss.apply(LayoutRules.unsqueeze(c, x, 0), LayoutRules.unsqueeze(c, target, 0));
        return reduction(c) == NONE ? c.op("Squeeze", result, c.longs(0)) : result;
    }

    private static int reduction(Call c) {
        return (int) c.integer("reduction", MEAN);
    }

    private static Named likelihood(Call c, String operator, Named x, Named target) {
        return c.node(operator, x, target, c.tensorOrNull("weight"))
                .with("ignore_index", c.integer("ignore_index", -100))
                .with("reduction", REDUCTIONS.get(reduction(c)))
                .get();
    }

    private static Named crossEntropy(Call c, Named x, Named target) {
        double smoothing = c.real("label_smoothing", 0);
        if (c.dtype(target).isFloatingPoint()) {
            return ofProbabilities(c, x, target, smoothing);
        }
        Named sharp = likelihood(c, "SoftmaxCrossEntropyLoss", x, target);
        if (smoothing == 0) {
            return sharp;
        }
        Named smooth = ElementwiseRules.times(c, ofAllClasses(c, x, target), smoothing / classes(c, x));
        return c.op("Add", ElementwiseRules.times(c, sharp, 1 - smoothing), smooth);
    }

    private static double classes(Call c, Named x) {
        if (c.known(c.size(x, 1)) instanceof Long count) {
            return count;
        }
        throw c.unsupported("smooths labels of a number of classes that only the run tells");
    }

    /** The mean is over all but the classes. */
    private static Named ofProbabilities(Call c, Named x, Named target, double smoothing) {
        Named wanted = smoothing == 0
                ? target
                : ElementwiseRules.plus(c, ElementwiseRules.times(c, target, 1 - smoothing), smoothing / classes(c, x));
        return LossRules.reduced(c, overClasses(c, x, c.op("Mul", wanted, logarithms(c, x))));
    }

    private static Named logarithms(Call c, Named x) {
        Named logarithms = c.node("LogSoftmax", x).with("axis", 1).get();
        return c.has("weight") ? c.op("Mul", logarithms, channelWeights(c, x)) : logarithms;
    }

    private static Named channelWeights(Call c, Named x) {
        long[] shape = new long[x.rank() - 1];
        Arrays.fill(shape, 1);
        shape[0] = -1;
        return c.op("Reshape", c.tensor("weight"), c.longs(shape));
    }

    private static Named overClasses(Call c, Named x, Named terms) {
        Named sum = ReductionRules.over(c, "ReduceSum", terms.ofShape(x.shape()), new long[] {1}, false);
        return c.op("Neg", sum).ofRank(x.rank() - 1);
    }

    /** As if each class were as likely; what is ignored counts nothing, and the mean is by the weights of the targets. */
    private static Named ofAllClasses(Call c, Named x, Named target) {
        DType dtype = c.dtype(x);
        Named ignored = c.scalar(c.integer("ignore_index", -100), c.dtype(target));
        Named counts =
                c.op("Not", c.node("Equal", target, ignored).as(DType.BOOL).get());
        Named losses = overClasses(c, x, logarithms(c, x));
        Named all = c.node("Where", counts, losses, c.scalar(0.0, dtype))
                .as(dtype)
                .get()
                .ofRank(x.rank() - 1);
        if (reduction(c) != MEAN) {
            return LossRules.reduced(c, all);
        }
        Named shares = c.cast(counts, dtype).ofRank(x.rank() - 1);
        if (c.has("weight")) {
            Named known = c.node("Where", counts, target, c.scalar(0L, c.dtype(target)))
                    .as(target.dtype())
                    .get();
            shares = c.op("Mul", shares, c.op("Gather", c.tensor("weight"), known))
                    .ofRank(x.rank() - 1);
        }
        return c.op(
                "Div",
                ReductionRules.over(c, "ReduceSum", all, null, false),
                ReductionRules.over(c, "ReduceSum", shares, null, false));
    }
}
