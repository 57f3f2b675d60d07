package org.torchbridge.onnx.exporter;

import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** Products of matrices. */
final class MatrixRules {
    private MatrixRules() {}

    static void register(Rules r) {
        r.rule("aten::linear", MatrixRules::linear);
        for (String kind : List.of("aten::matmul", "aten::mm", "aten::bmm", "aten::mv", "aten::dot", "aten::vdot")) {
            r.rule(kind, MatrixRules::multiply);
        }
        r.rule("aten::addmm", c -> sum(c, c.op("MatMul", c.tensor("mat1"), c.tensor("mat2"))));
        r.rule("aten::baddbmm", c -> sum(c, c.op("MatMul", c.tensor("batch1"), c.tensor("batch2"))));
        r.rule(
                "aten::addbmm",
                c -> sum(
                        c,
                        ReductionRules.over(
                                c,
                                "ReduceSum",
                                c.op("MatMul", c.tensor("batch1"), c.tensor("batch2"))
                                        .ofRank(3),
                                new long[] {0},
                                false)));
        r.rule("aten::addmv", c -> sum(c, c.op("MatMul", c.tensor("mat"), c.tensor("vec"))));
        r.rule(
                "aten::outer",
                c -> c.op(
                        "Mul",
                        LayoutRules.unsqueeze(c, c.tensor("self"), 1),
                        LayoutRules.unsqueeze(c, c.tensor("vec2"), 0)));
        r.rule("aten::einsum", c -> c.node("Einsum", List.copyOf(c.tensors("tensors")))
                .with("equation", c.text("equation"))
                .get());
        r.rule("aten::bilinear", MatrixRules::bilinear);
        r.rule("aten::linalg_det", c -> c.op("Det", c.tensor("A")));
        r.rule("aten::det", c -> c.op("Det", c.tensor("self")));
        r.rule("aten::cosine_similarity", MatrixRules::cosineSimilarity);
        r.rule("aten::pairwise_distance", MatrixRules::pairwiseDistance);
        r.rule("aten::cdist", MatrixRules::distances);
        r.rule("aten::pdist", MatrixRules::distancesWithin);
    }

    /** {@code Gemm} where it fits, so that weights stay as they are; otherwise the weight is turned first. */
    private static Named linear(Call c) {
        Named x = c.tensor("input");
        Named weight = c.tensor("weight");
        Named bias = c.tensorOrNull("bias");
        if (x.rank() == 2 && c.rank(weight) == 2) {
            return c.node("Gemm", x, weight, bias).with("transB", 1).get();
        }
        Named turned = weight.rank() == 1
                ? weight
                : c.node("Transpose", weight).with("perm", 1, 0).get();
        Named product = c.op("MatMul", x, turned);
        return bias == null ? product : c.op("Add", product, bias);
    }

    private static Named multiply(Call c) {
        String other = c.takes("other") ? "other" : c.takes("mat2") ? "mat2" : c.takes("vec") ? "vec" : "tensor";
        return c.op("MatMul", c.tensor("self"), c.tensor(other));
    }

    /** {@code beta * self + alpha * product}. */
    private static Named sum(Call c, Named product) {
        Named scaled = scaled(c, product, "alpha");
        boolean nothing = c.isKnown("beta") && c.real("beta") == 0;
        return nothing ? scaled : c.op("Add", scaled(c, c.tensor("self"), "beta"), scaled);
    }

    private static Named scaled(Call c, Named x, String factor) {
        boolean one = !c.has(factor) || c.isKnown(factor) && c.real(factor) == 1;
        return one ? x : c.op("Mul", x, c.cast(c.item(factor), c.dtype(x)));
    }

    private static Named bilinear(Call c) {
        Named product = c.node("Einsum", c.tensor("input1"), c.tensor("weight"), c.tensor("input2"))
                .with("equation", "...i,kij,...j->...k")
                .get();
        return c.has("bias") ? c.op("Add", product, c.tensor("bias")) : product;
    }

    private static Named cosineSimilarity(Call c) {
        Named a = c.tensor("x1");
        Named b = c.tensor("x2");
        long[] dim = {c.integer("dim", 1)};
        Named product = ReductionRules.over(c, "ReduceSum", c.op("Mul", a, b), dim, false);
        Named lengths = c.op("Mul", length(c, a, dim), length(c, b, dim));
        return c.op("Div", product, lengths);
    }

    private static Named length(Call c, Named x, long[] dim) {
        Named length = ReductionRules.over(c, "ReduceL2", x, dim, false);
        return c.op("Max", length, c.scalar(c.real("eps", 1e-8), c.dtype(x)));
    }

    private static Named pairwiseDistance(Call c) {
        Named x = c.tensor("x1");
        return distance(c, x, c.tensor("x2"), c.real("eps", 1e-6), c.flag("keepdim"));
    }

    /** Of the last dimension; {@code eps} is added to each difference. */
    static Named distance(Call c, Named one, Named other, double eps, boolean keep) {
        Named difference = ElementwiseRules.plus(c, c.op("Sub", one, other), eps);
        return ReductionRules.norm(c, difference, c.real("p", 2), new long[] {-1}, keep);
    }

    /** Of each row of one from each row of the other. */
    private static Named distances(Call c) {
        Named difference =
                c.op("Sub", LayoutRules.unsqueeze(c, c.tensor("x1"), -2), LayoutRules.unsqueeze(c, c.tensor("x2"), -3));
        return ReductionRules.norm(c, difference, c.real("p", 2), new long[] {-1}, false);
    }

    /** Of each row from each later one. */
    private static Named distancesWithin(Call c) {
        Named x = c.tensor("self");
        if (!(c.size(x, 0) instanceof Known rows)) {
            throw c.unsupported("compares an open number of rows with each other");
        }
        long count = (Long) rows.value();
        Tensor pairs = Torch.triuIndices(count, count, 1, TensorOptions.of(DType.INT64));
        Named first = c.op("Gather", x, c.constant(pairs.get(0)));
        Named second = c.op("Gather", x, c.constant(pairs.get(1)));
        return ReductionRules.norm(c, c.op("Sub", first, second), c.real("p", 2), new long[] {-1}, false);
    }
}
