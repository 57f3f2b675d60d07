package org.torchbridge.onnx.exporter;

import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Named;

/** Losses that count what is nearer than a margin; for models that are to train elsewhere. */
final class MarginLossRules {
    private static final double LEAST_SQUARE = 1e-12;
    private static final int NONE = 0;

    private MarginLossRules() {}

    static void register(Rules r) {
        r.rule("aten::margin_ranking_loss", MarginLossRules::ranking);
        r.rule("aten::hinge_embedding_loss", MarginLossRules::hinge);
        r.rule("aten::cosine_embedding_loss", MarginLossRules::cosine);
        r.rule(
                "aten::soft_margin_loss",
                c -> LossRules.reduced(
                        c, c.op("Softplus", c.op("Neg", c.op("Mul", LossRules.target(c), c.tensor("self"))))));
        r.rule("aten::triplet_margin_loss", MarginLossRules::triplet);
        r.rule("aten::multi_margin_loss", MarginLossRules::multipleClasses);
        r.rule("aten::multilabel_margin_loss", MarginLossRules::multipleLabels);
    }

    private static Named positive(Call c, Named x) {
        return c.op("Relu", x).ofShape(x.shape());
    }

    /** {@code value - x}. */
    private static Named from(Call c, double value, Named x) {
        return c.op("Sub", c.scalar(value, c.dtype(x)), x).ofShape(x.shape());
    }

    private static Named zero(Call c, Named like) {
        return c.scalar(0.0, c.dtype(like));
    }

    private static Named is(Call c, Named target, double value) {
        DType dtype = c.dtype(target);
        return c.node("Equal", target, c.scalar(Casts.value(value, dtype), dtype))
                .as(DType.BOOL)
                .get();
    }

    private static Named where(Call c, Named condition, Named yes, Named no) {
        return c.node("Where", condition, yes, no).as(c.dtype(yes)).get();
    }

    private static Named ranking(Call c) {
        Named difference = c.op("Sub", c.tensor("input2"), c.tensor("input1"));
        Named wrong = c.op("Mul", c.cast(c.item("target"), c.dtype(difference)), difference);
        return LossRules.reduced(c, positive(c, ElementwiseRules.plus(c, wrong, c.real("margin", 0))));
    }

    /** Distances where the target is 1, and what they lack of the margin where it is -1. */
    private static Named hinge(Call c) {
        Named x = c.tensor("self");
        Named target = c.tensor("target");
        Named lack = positive(c, from(c, c.real("margin", 1), x));
        Named far = where(c, is(c, target, 1), zero(c, x), lack);
        Named near = where(c, is(c, target, -1), zero(c, x), x);
        return LossRules.reduced(c, c.op("Add", far, near));
    }

    private static Named cosine(Call c) {
        Named a = c.tensor("input1");
        Named b = c.tensor("input2");
        Named target = c.tensor("target");
        Named squares = c.op("Mul", square(c, a, a, LEAST_SQUARE), square(c, b, b, LEAST_SQUARE));
        Named cosine = c.op("Div", square(c, a, b, 0), c.op("Sqrt", squares));
        Named margin = c.scalar(c.real("margin", 0), c.dtype(a));
        Named alike = where(c, is(c, target, 1), from(c, 1, cosine), zero(c, a));
        Named others = where(c, is(c, target, -1), positive(c, c.op("Sub", cosine, margin)), zero(c, a));
        return LossRules.reduced(c, c.op("Add", alike, others));
    }

    private static Named square(Call c, Named a, Named b, double more) {
        Named sum = ReductionRules.over(c, "ReduceSum", c.op("Mul", a, b), new long[] {-1}, false);
        return more == 0 ? sum : ElementwiseRules.plus(c, sum, more);
    }

    private static Named triplet(Call c) {
        Named positive = c.tensor("positive");
        Named negative = c.tensor("negative");
        double eps = c.real("eps", 1e-6);
        Named near = MatrixRules.distance(c, c.tensor("anchor"), positive, eps, false);
        Named far = MatrixRules.distance(c, c.tensor("anchor"), negative, eps, false);
        if (c.flag("swap")) {
            far = c.op("Min", far, MatrixRules.distance(c, positive, negative, eps, false));
        }
        Named lack = ElementwiseRules.plus(c, c.op("Sub", near, far), c.real("margin", 1));
        return LossRules.reduced(c, positive(c, lack));
    }

    // ---- scores of several classes

    private static Named batched(Call c, String name) {
        Named x = c.tensor(name);
        return c.rank(c.tensor("self")) > 1 ? x : LayoutRules.unsqueeze(c, x, 0);
    }

    /** A loss for each row; a row without a batch gives a number. */
    private static Named overRows(Call c, Named losses) {
        boolean number = c.integer("reduction", 1) == NONE && c.rank(c.tensor("self")) < 2;
        return number ? c.op("Reshape", losses, c.longs()) : LossRules.reduced(c, losses);
    }

    /** How far each other class is above the right one less the margin, to the power of p. */
    private static Named multipleClasses(Call c) {
        Named x = batched(c, "self");
        Named target = c.cast(c.item("target"), DType.INT64);
        Named column = c.op("Reshape", target, c.longs(-1, 1));
        Named right = c.node("GatherElements", x, column).with("axis", 1).get();
        Named lack = positive(c, ElementwiseRules.plus(c, c.op("Sub", x, right), c.real("margin", 1)));
        Named powers = c.real("p", 1) == 1 ? lack : c.op("Mul", lack, lack);
        if (c.has("weight")) {
            powers = c.op("Mul", powers, c.op("Gather", c.tensor("weight"), column));
        }
        Named others = where(c, equal(c, column, classes(c, x)), zero(c, x), powers);
        return overRows(c, ReductionRules.over(c, "ReduceMean", others.ofRank(2), new long[] {1}, false));
    }

    private static Named classes(Call c, Named x) {
        return c.op("Range", c.scalar(0L), c.named(c.size(x, 1)), c.scalar(1L)).ofRank(1);
    }

    private static Named equal(Call c, Named one, Named other) {
        return c.node("Equal", one, other).as(DType.BOOL).get();
    }

    /** Targets are classes up to the first -1; each is compared with all classes that are none. */
    private static Named multipleLabels(Call c) {
        Named x = batched(c, "self");
        Named target = c.cast(batched(c, "target"), DType.INT64);
        Named ends = c.cast(c.node("Less", target, c.scalar(0L)).as(DType.BOOL).get(), DType.INT64);
        Named counts = equal(c, c.op("CumSum", ends, c.scalar(1L)), c.scalar(0L));
        Named known = c.node("Where", counts, target, c.scalar(0L))
                .as(DType.INT64)
                .get()
                .ofRank(2);
        Named right = c.node("GatherElements", x, known).with("axis", 1).get().ofRank(2);
        Named pairs = c.op("Sub", LayoutRules.unsqueeze(c, x, 1), LayoutRules.unsqueeze(c, right, 2));
        Named lack = positive(c, ElementwiseRules.plus(c, pairs, 1));
        Named valid = LayoutRules.unsqueeze(c, counts.ofRank(2), 2);
        Named isTarget = c.op("And", valid, equal(c, LayoutRules.unsqueeze(c, known, 2), classes(c, x)));
        Named targets = ReductionRules.over(
                c, "ReduceMax", c.cast(isTarget, DType.INT32).ofRank(3), new long[] {1}, true);
        Named compared = c.op("And", valid, c.op("Not", c.cast(targets, DType.BOOL)));
        Named losses = where(c, compared, lack, zero(c, x)).ofRank(3);
        Named sums = ReductionRules.over(c, "ReduceSum", losses, new long[] {1, 2}, false);
        return overRows(c, c.op("Div", sums, c.cast(c.size(x, 1), c.dtype(x))));
    }
}
