package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** ONNX Runtime's operators on quantised numbers: they become real, are computed with, and are quantised again. */
final class LinearQuantizationRules {
    private LinearQuantizationRules() {}

    static void registerMicrosoft(Registry r) {
        r.rule("QuantizeLinear", 1, QuantizationRules::quantize);
        r.rule("DequantizeLinear", 1, QuantizationRules::dequantize);
        r.rule("QLinearAdd", 1, (node, c) -> pair(node, c, "aten::add"));
        r.rule("QLinearMul", 1, (node, c) -> pair(node, c, "aten::mul"));
        r.rule("QLinearSigmoid", 1, (node, c) -> single(node, c, x -> c.op("aten::sigmoid", x)));
        r.rule("QLinearLeakyRelu", 1, LinearQuantizationRules::leakyRelu);
        r.rule("QLinearSoftmax", 1, LinearQuantizationRules::softmax);
        r.rule("QLinearAveragePool", 1, (node, c) -> pool(node, c, x -> PoolingRules.averagePool(node, c, x)));
        r.rule("QLinearGlobalAveragePool", 1, (node, c) -> pool(node, c, x -> PoolingRules.globalAverage(node, c, x)));
        r.rule("QLinearConcat", 1, LinearQuantizationRules::concat);
        r.rule("QGemm", 1, LinearQuantizationRules::gemm);
        r.rule("MatMulIntegerToFloat", 1, LinearQuantizationRules::matMulToFloat);
        r.rule("DynamicQuantizeMatMul", 1, LinearQuantizationRules::dynamicMatMul);
        r.rule("MatMulNBits", 1, LinearQuantizationRules::matMulOfBlocks);
        r.limit("MatMulNBits", "reordered groups");
    }

    // ---- element by element

    /** The real numbers that an input stands for, whose scale and zero point are the inputs behind it. */
    private static Value real(OnnxNode node, Conversion c, int value) {
        Value centred = QuantizationRules.centred(c, node, value, value + 2, false);
        return c.cast(c.op("aten::mul", centred, node.tensor(value + 1)), DType.FLOAT32);
    }

    /** Real numbers in the type of the input {@code like}, by the inputs {@code scale} and the one behind it. */
    private static Value quantized(OnnxNode node, Conversion c, Value real, int scale, int like) {
        Value scaled = c.op("aten::div", real, node.tensor(scale));
        return QuantizationRules.quantized(c, scaled, node.tensorOrNull(scale + 1), node.element(like));
    }

    private static Value pair(OnnxNode node, Conversion c, String kind) {
        return quantized(node, c, c.op(kind, real(node, c, 0), real(node, c, 3)), 6, 0);
    }

    private static Value single(OnnxNode node, Conversion c, UnaryOperator<Value> function) {
        return quantized(node, c, function.apply(real(node, c, 0)), 3, 0);
    }

    private static Value leakyRelu(OnnxNode node, Conversion c) {
        double alpha = node.real("alpha", 0.01);
        return single(node, c, x -> c.op("aten::leaky_relu", x, alpha));
    }

    /** As the operator of a version of ONNX: up to 12 over all that lies behind the axis. */
    private static Value softmax(OnnxNode node, Conversion c) {
        long axis = node.integer("axis", -1);
        boolean alongAxis = node.integer("opset") >= 13;
        return single(node, c, x -> {
            Value rows = alongAxis ? x : c.op("aten::flatten", x, axis, -1L);
            return c.op("aten::view_as", c.op("aten::softmax", rows, alongAxis ? axis : -1L), x);
        });
    }

    private static Value pool(OnnxNode node, Conversion c, UnaryOperator<Value> pooling) {
        boolean channelsLast = node.flag("channels_last", false);
        return single(
                node,
                c,
                x -> channelsLast
                        ? c.op("aten::movedim", pooling.apply(c.op("aten::movedim", x, -1L, 1L)), 1L, -1L)
                        : pooling.apply(x));
    }

    /** Scale and zero point of the result come first. */
    private static Value concat(OnnxNode node, Conversion c) {
        long axis = node.integer("axis");
        List<Value> parts = new ArrayList<>();
        for (int i = 2; i + 2 < node.inputs(); i += 3) {
            parts.add(real(node, c, i));
        }
        return quantized(node, c, c.op("aten::cat", c.list(parts), axis), 0, 1);
    }

    // ---- products

    /** The bias is of whole numbers, in the scale of the products; without a scale for it the result stays real. */
    private static Value gemm(OnnxNode node, Conversion c) {
        double alpha = node.real("alpha", 1);
        boolean turned = node.flag("transB", false);
        Value a = transposed(c, QuantizationRules.centred(c, node, 0, 2, false), node.flag("transA", false));
        Value b = transposed(c, QuantizationRules.centred(c, node, 3, 5, turned), turned);
        Value product = c.op("aten::matmul", a, b);
        Value bias = node.tensorOrNull(6);
        Value sum = bias == null ? product : c.op("aten::add", product, bias);
        Value scale = c.op("aten::mul", c.op("aten::mul", node.tensor(1), node.tensor(4)), alpha);
        Value real = c.op("aten::mul", sum, scale);
        return node.has(7) ? quantized(node, c, real, 7, 0) : c.cast(real, DType.FLOAT32);
    }

    private static Value transposed(Conversion c, Value x, boolean turns) {
        return turns ? c.op("aten::t", x) : x;
    }

    private static Value matMulToFloat(OnnxNode node, Conversion c) {
        Value a = QuantizationRules.centred(c, node, 0, 4, true);
        Value product = c.op("aten::matmul", a, QuantizationRules.centred(c, node, 1, 5, false));
        Value scale = c.op("aten::mul", QuantizationRules.rowScale(c, node, 2), node.tensor(3));
        return withBias(node, c, c.cast(c.op("aten::mul", product, scale), DType.FLOAT32), 6);
    }

    private static Value dynamicMatMul(OnnxNode node, Conversion c) {
        List<Value> a = QuantizationRules.dynamic(c, node.tensor(0));
        Value left = c.op("aten::sub", c.cast(a.get(0), DType.FLOAT64), c.cast(a.get(2), DType.FLOAT64));
        Value product = c.op("aten::matmul", left, QuantizationRules.centred(c, node, 1, 3, false));
        Value scaled = c.op("aten::mul", product, c.op("aten::mul", a.get(1), node.tensor(2)));
        return withBias(node, c, c.cast(scaled, DType.FLOAT32), 4);
    }

    private static Value withBias(OnnxNode node, Conversion c, Value x, int input) {
        Value bias = node.weightOrNull(input, "bias");
        return bias == null ? x : c.op("aten::add", x, bias);
    }

    // ---- weights of few bits

    /** Each row of the weight is blocks with a scale and a zero point of their own. */
    private static Value matMulOfBlocks(OnnxNode node, Conversion c) {
        long columns = node.integer("K");
        long rows = node.integer("N");
        long bits = node.integer("bits", 4);
        node.ignore("block_size", "accuracy_level");
        if (bits < 1 || 8 % bits != 0) {
            throw node.unsupported(bits + " bits");
        }
        if (node.has(4)) {
            throw node.unsupported("reordered groups");
        }
        Value x = node.tensor(0);
        Value scale = c.op("aten::reshape", node.tensor(2), new long[] {rows, -1, 1});
        Object zero = zeros(node, c, rows, bits, scale);
        Value numbers = c.op("aten::sub", unpacked(c, node.tensor(1), bits), zero);
        Value blocks = c.op("aten::mul", c.cast(numbers, floating(node)), scale);
        Value weight = c.op("aten::slice", c.op("aten::flatten", blocks, 1L, -1L), 1L, 0L, columns, 1L);
        return c.op("aten::linear", x, weight, node.weightOrNull(5, "bias"));
    }

    private static DType floating(OnnxNode node) {
        DType dtype = node.dtype(0);
        return dtype == null ? DType.FLOAT32 : dtype;
    }

    /** In the middle of the range unless they are given: as packed as the weight, or as real numbers. */
    private static Object zeros(OnnxNode node, Conversion c, long rows, long bits, Value scale) {
        Value given = node.tensorOrNull(3);
        if (given == null) {
            return 1L << (bits - 1);
        }
        if (!node.isInteger(3)) {
            return c.op("aten::view_as", given, scale);
        }
        Value all = unpacked(c, c.op("aten::reshape", given, new long[] {rows, -1}), bits);
        Value used = c.op("aten::slice", all, 1L, 0L, c.size(scale, 1), 1L);
        return c.op("aten::unsqueeze", used, -1L);
    }

    /** The numbers in bytes, those of the lowest bits first. */
    private static Value unpacked(Conversion c, Value bytes, long bits) {
        Value whole = c.cast(bytes, DType.INT32);
        List<Value> parts = LongStream.range(0, 8 / bits)
                .mapToObj(i ->
                        c.op("aten::bitwise_and", c.op("aten::bitwise_right_shift", whole, i * bits), (1L << bits) - 1))
                .toList();
        return c.op("aten::flatten", c.op("aten::stack", c.list(parts), -1L), -2L, -1L);
    }
}
