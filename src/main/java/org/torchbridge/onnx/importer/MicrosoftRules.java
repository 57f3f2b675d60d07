package org.torchbridge.onnx.importer;

import java.util.List;
import org.torchbridge.graph.Value;

/** Operators of ONNX Runtime's own that its optimiser fuses others to. */
final class MicrosoftRules {
    private MicrosoftRules() {}

    static void registerMicrosoft(Registry r) {
        r.rule("Gelu", 1, (node, c) -> c.op("aten::gelu", node.tensor(0), "none"));
        r.rule("FastGelu", 1, (node, c) -> c.op("aten::gelu", biased(node, c), "tanh"));
        r.rule("BiasGelu", 1, (node, c) -> c.op("aten::gelu", biased(node, c), "none"));
        r.rule("QuickGelu", 1, MicrosoftRules::quickGelu);
        r.rule("BiasAdd", 1, MicrosoftRules::biasAdd);
        r.rule("FusedMatMul", 1, MicrosoftRules::fusedMatMul);
        r.rule("TransposeMatMul", 1, MicrosoftRules::fusedMatMul);
        r.rule("FusedGemm", 1, MicrosoftRules::fusedGemm);
        r.rule("FusedConv", 1, MicrosoftRules::fusedConv);
        r.rule("Trilu", 1, SortRules::trilu);
        r.rule("Inverse", 1, (node, c) -> c.op("aten::inverse", node.tensor(0)));
        r.rule("ExpandDims", 1, (node, c) -> c.op("aten::unsqueeze", node.tensor(0), node.number(1)));
    }

    private static Value biased(OnnxNode node, Conversion c) {
        Value bias = node.weightOrNull(1, "bias");
        return bias == null ? node.tensor(0) : c.op("aten::add", node.tensor(0), bias);
    }

    private static Value quickGelu(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        return c.op("aten::mul", x, c.op("aten::sigmoid", c.op("aten::mul", x, node.real("alpha", 1.702))));
    }

    private static Value biasAdd(OnnxNode node, Conversion c) {
        Value sum = c.op("aten::add", node.tensor(0), node.weight(1, "bias"));
        return c.op("aten::add", sum, node.tensor(2));
    }

    private static Value fusedMatMul(OnnxNode node, Conversion c) {
        double alpha = node.real("alpha", 1);
        Value a = transposed(c, node.tensor(0), node.flag("transBatchA", false), node.flag("transA", false));
        Value b = transposed(c, node.weight(1, "weight"), node.flag("transBatchB", false), node.flag("transB", false));
        Value product = c.op("aten::matmul", a, b);
        return alpha == 1 ? product : c.op("aten::mul", product, alpha);
    }

    private static Value fusedGemm(OnnxNode node, Conversion c) {
        List<Double> alphas = numbers(node, "activation_alpha");
        List<Double> betas = numbers(node, "activation_beta");
        node.ignore("activation_gamma");
        return activated(node, c, MatrixRules.gemm(node, c), alphas, betas);
    }

    private static List<Double> numbers(OnnxNode node, String attribute) {
        return node.hasAttribute(attribute) ? List.of(node.real(attribute)) : List.of();
    }

    /** The last input is added before the activation. */
    private static Value fusedConv(OnnxNode node, Conversion c) {
        List<Double> numbers = node.reals("activation_params");
        List<Double> given = numbers == null ? List.of() : numbers;
        Value y = ConvolutionRules.conv(node, c);
        Value sum = node.has(3) ? c.op("aten::add", y, node.tensor(3)) : y;
        return activated(node, c, sum, given, given.stream().skip(1).toList());
    }

    private static Value activated(OnnxNode node, Conversion c, Value x, List<Double> alphas, List<Double> betas) {
        String name = node.text("activation", "");
        return name.isEmpty()
                ? x
                : Activations.of(node, c, List.of(name), alphas, betas).get(0).apply(x);
    }

    private static Value transposed(Conversion c, Value x, boolean batch, boolean matrix) {
        Value turned = batch ? c.op("aten::movedim", x, 0L, -2L) : x;
        return matrix ? c.op("aten::transpose", turned, -1L, -2L) : turned;
    }
}
