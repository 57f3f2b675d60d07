package org.torchbridge.onnx.importer;

import org.torchbridge.graph.Value;

/** Products of matrices. */
final class MatrixRules {
    private MatrixRules() {}

    static void register(Registry r) {
        r.rule("MatMul", 1, (node, c) -> c.op("aten::matmul", node.tensor(0), node.weight(1, "weight")));
        r.rule("Gemm", 7, MatrixRules::gemm);
    }

    static Value gemm(OnnxNode node, Conversion c) {
        double alpha = node.real("alpha", 1);
        double beta = node.real("beta", 1);
        boolean first = node.flag("transA", false);
        boolean second = node.flag("transB", false);
        Value a = node.tensor(0);
        Value b = node.weight(1, "weight");
        boolean plain = alpha == 1 && beta == 1 && !first && second;
        if (plain && (!node.has(2) || node.rank(2) == 1) && !node.isInteger(0)) {
            return c.op("aten::linear", a, b, node.weightOrNull(2, "bias"));
        }
        Value left = first ? c.op("aten::t", a) : a;
        Value right = second ? c.op("aten::t", b) : b;
        if (!node.has(2)) {
            Value product = c.op("aten::mm", left, right);
            return alpha == 1 ? product : c.op("aten::mul", product, alpha);
        }
        Value bias = node.weight(2, "bias");
        return node.isInteger(0)
                ? c.op("aten::addmm", bias, left, right, (long) beta, (long) alpha)
                : c.op("aten::addmm", bias, left, right, beta, alpha);
    }
}
