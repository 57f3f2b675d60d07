package org.torchbridge.onnx.exporter;

import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Named;

/** Losses of values beside values, element by element; for models that are to train elsewhere. */
final class LossRules {
    private LossRules() {}

    static void register(Rules r) {
        r.rule("aten::mse_loss", c -> {
            Named difference = c.op("Sub", c.tensor("self"), target(c));
            return reduced(c, c.op("Mul", difference, difference));
        });
        r.rule("aten::l1_loss", c -> reduced(c, c.op("Abs", c.op("Sub", c.tensor("self"), target(c)))));
        r.rule("aten::smooth_l1_loss", c -> reduced(c, smooth(c, c.real("beta", 1), true)));
        r.rule("aten::huber_loss", c -> reduced(c, smooth(c, c.real("delta", 1), false)));
        r.rule("aten::binary_cross_entropy", LossRules::binaryCrossEntropy);
        r.rule("aten::binary_cross_entropy_with_logits", LossRules::withLogits);
        r.rule("aten::kl_div", LossRules::divergence);
        r.rule("aten::poisson_nll_loss", LossRules::poisson);
        for (String kind : List.of("aten::ctc_loss", "aten::_ctc_loss")) {
            r.rule(kind, c -> {
                throw c.unsupported("sums over all alignments, which ONNX has no operator for");
            });
        }
    }

    /** In the type of what it stands beside. */
    static Named target(Call c) {
        Named x = c.tensor(c.takes("self") ? "self" : "input");
        return c.cast(c.item("target"), c.dtype(x));
    }

    static Named reduced(Call c, Named losses) {
        return switch ((int) c.integer("reduction", 1)) {
            case 0 -> losses;
            case 1 -> ReductionRules.over(c, "ReduceMean", losses, null, false);
            default -> ReductionRules.over(c, "ReduceSum", losses, null, false);
        };
    }

    /** Square near zero and straight from {@code bound} on; {@code divided} by the bound or not. */
    private static Named smooth(Call c, double bound, boolean divided) {
        Named distance = c.op("Abs", c.op("Sub", c.tensor("self"), target(c)));
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
        Named target = target(c);
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
        Named target = target(c);
        Named yes = c.op("Mul", target, c.op("Softplus", c.op("Neg", x)));
        if (c.has("pos_weight")) {
            yes = c.op("Mul", yes, c.tensor("pos_weight"));
        }
        Named no = c.op("Mul", rest(c, target), c.op("Softplus", x));
        return reduced(c, weighted(c, c.op("Add", yes, no)));
    }

    private static Named divergence(Call c) {
        Named x = c.tensor("self");
        Named target = target(c);
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

    /** {@code exp(x) - target * x}, or without the logarithm, plus Stirling's estimate of what does not depend on x. */
    private static Named poisson(Call c) {
        Named x = c.tensor("input");
        Named target = target(c);
        Named losses = c.flag("log_input")
                ? c.op("Sub", c.op("Exp", x), c.op("Mul", target, x))
                : c.op("Sub", x, c.op("Mul", target, c.op("Log", ElementwiseRules.plus(c, x, c.real("eps")))));
        return reduced(c, c.flag("full") ? c.op("Add", losses, stirling(c, target)) : losses);
    }

    /** {@code t log t - t + log(2 pi t) / 2}, for what is more than 1. */
    private static Named stirling(Call c, Named target) {
        Named sum = c.op("Sub", c.op("Mul", target, c.op("Log", target)), target);
        Named rest = c.op("Log", ElementwiseRules.times(c, target, 2 * Math.PI));
        Named estimate = c.op("Add", sum, ElementwiseRules.times(c, rest, 0.5));
        Named counts = c.node("Greater", target, c.scalar(1.0, c.dtype(target)))
                .as(DType.BOOL)
                .get();
        return c.node("Where", counts, estimate, c.scalar(0.0, c.dtype(target)))
                .as(target.dtype())
                .get();
    }
}
