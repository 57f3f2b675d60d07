package org.torchbridge.onnx.exporter;

import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Named;

/** Losses, for models that are to train elsewhere. */
final class LossRules {
    private static final String[] REDUCTIONS = {"none", "mean", "sum"};

    private LossRules() {}

    static void register(Rules r) {
        r.rule("aten::mse_loss", c -> {
            Named difference = c.op("Sub", c.tensor("self"), c.tensor("target"));
            return reduced(c, c.op("Mul", difference, difference));
        });
        r.rule("aten::l1_loss", c -> reduced(c, c.op("Abs", c.op("Sub", c.tensor("self"), c.tensor("target")))));
        r.rule("aten::smooth_l1_loss", c -> reduced(c, smooth(c, c.real("beta", 1), true)));
        r.rule("aten::huber_loss", c -> reduced(c, smooth(c, c.real("delta", 1), false)));
        r.rule("aten::binary_cross_entropy", LossRules::binaryCrossEntropy);
        r.rule("aten::binary_cross_entropy_with_logits", LossRules::withLogits);
        r.rule("aten::kl_div", LossRules::divergence);
        r.rule("aten::nll_loss", LossRules::negativeLogLikelihood);
        r.rule("aten::nll_loss2d", LossRules::negativeLogLikelihood);
        r.rule("aten::nll_loss_nd", LossRules::negativeLogLikelihood);
        r.rule("aten::cross_entropy_loss", LossRules::crossEntropy);
    }

    private static Named reduced(Call c, Named losses) {
        return switch ((int) c.integer("reduction", 1)) {
            case 0 -> losses;
            case 1 -> ReductionRules.over(c, "ReduceMean", losses, null, false);
            default -> ReductionRules.over(c, "ReduceSum", losses, null, false);
        };
    }

    /** Square near zero and straight from {@code bound} on; {@code divided} by the bound or not. */
    private static Named smooth(Call c, double bound, boolean divided) {
        Named distance = c.op("Abs", c.op("Sub", c.tensor("self"), c.tensor("target")));
        if (bound == 0) {
            return distance;
        }
        Named square = ElementwiseRules.times(c, c.op("Mul", distance, distance), divided ? 0.5 / bound : 0.5);
        Named straight = ElementwiseRules.plus(c, distance, -0.5 * bound);
        Named near = c.node("Less", distance, c.scalar(bound, c.dtype(distance)))
                .as(DType.BOOL)
                .get();
        Named far = divided ? straight : ElementwiseRules.times(c, straight, bound);
        return c.node("Where", near, square, far).as(distance.dtype()).get();
    }

    private static Named weighted(Call c, Named losses) {
        return c.has("weight") ? c.op("Mul", losses, c.tensor("weight")) : losses;
    }

    private static Named binaryCrossEntropy(Call c) {
        Named x = c.tensor("self");
        Named target = c.tensor("target");
        Named yes = c.op("Mul", target, logarithm(c, x));
        Named no = c.op("Mul", rest(c, target), logarithm(c, rest(c, x)));
        return reduced(c, weighted(c, c.op("Neg", c.op("Add", yes, no))));
    }

    private static Named rest(Call c, Named x) {
        return c.op("Sub", c.scalar(1.0, c.dtype(x)), x);
    }

    /** At least -100, as PyTorch has it. */
    private static Named logarithm(Call c, Named x) {
        return c.op("Max", c.op("Log", x), c.scalar(-100.0, c.dtype(x)));
    }

    private static Named withLogits(Call c) {
        Named x = c.tensor("self");
        Named target = c.tensor("target");
        Named yes = c.op("Mul", target, c.op("Softplus", c.op("Neg", x)));
        if (c.has("pos_weight")) {
            yes = c.op("Mul", yes, c.tensor("pos_weight"));
        }
        Named no = c.op("Mul", rest(c, target), c.op("Softplus", x));
        return reduced(c, weighted(c, c.op("Add", yes, no)));
    }

    private static Named divergence(Call c) {
        Named x = c.tensor("self");
        Named target = c.tensor("target");
        if (c.flag("log_target")) {
            return reduced(c, c.op("Mul", c.op("Exp", target), c.op("Sub", target, x)));
        }
        Named positive = c.node("Greater", target, c.scalar(0.0, c.dtype(target)))
                .as(DType.BOOL)
                .get();
        Named term = c.op("Mul", target, c.op("Sub", c.op("Log", target), x));
        return reduced(
                c,
                c.node("Where", positive, term, c.scalar(0.0, c.dtype(target)))
                        .as(x.dtype())
                        .get());
    }

    private static Named negativeLogLikelihood(Call c) {
        return likelihood(c, "NegativeLogLikelihoodLoss");
    }

    private static Named likelihood(Call c, String operator) {
        return c.node(operator, c.tensor("self"), c.tensor("target"), c.tensorOrNull("weight"))
                .with("ignore_index", c.integer("ignore_index", -100))
                .with("reduction", REDUCTIONS[(int) c.integer("reduction", 1)])
                .get();
    }

    private static Named crossEntropy(Call c) {
        Named target = c.tensor("target");
        if (c.dtype(target).isFloatingPoint() || c.real("label_smoothing", 0) != 0) {
            return smoothed(c, target);
        }
        return likelihood(c, "SoftmaxCrossEntropyLoss");
    }

    /** With probabilities as targets; the mean is over all but the classes. */
    private static Named smoothed(Call c, Named target) {
        Named x = c.tensor("self");
        double smoothing = c.real("label_smoothing", 0);
        if (!c.dtype(target).isFloatingPoint() || c.has("weight") || c.integer("reduction", 1) == 0) {
            throw c.unsupported("smooths labels that are classes, or weighs probabilities");
        }
        Named wanted = target;
        if (smoothing != 0) {
            Named kept = ElementwiseRules.times(c, target, 1 - smoothing);
            wanted = ElementwiseRules.plus(c, kept, smoothing / (Long) c.known(c.size(x, 1)));
        }
        Named logarithms = c.node("LogSoftmax", x).with("axis", 1).get();
        Named terms = c.op("Mul", wanted, logarithms).ofShape(x.shape());
        Named losses = c.op("Neg", ReductionRules.over(c, "ReduceSum", terms, new long[] {1}, false));
        return reduced(c, losses);
    }
}
