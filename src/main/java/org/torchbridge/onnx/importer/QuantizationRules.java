package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.SmallFloat;

/**
 * Quantised numbers, computed as whole numbers in floating point: exact as long as sums stay below 2^53, in {@code float64},
 * and differentiable where ONNX's are.
 */
final class QuantizationRules {
    private QuantizationRules() {}

    static void register(Registry r) {
        r.rule("QuantizeLinear", 10, QuantizationRules::quantize);
        r.rule("DequantizeLinear", 10, QuantizationRules::dequantize);
        r.many("DynamicQuantizeLinear", 11, QuantizationRules::dynamic);
        r.rule("MatMulInteger", 10, QuantizationRules::matMulInteger);
        r.rule("ConvInteger", 10, QuantizationRules::convInteger);
        r.rule("QLinearMatMul", 10, QuantizationRules::linearMatMul);
        r.rule("QLinearConv", 10, QuantizationRules::linearConv);
    }

    // ---- scales and zero points

    /** A scale or zero point for a tensor of {@code rank} dimensions: one for all, for each place of an axis, or for blocks. */
    private static Value spread(Conversion c, Value parameter, int own, Value x, int rank, long axis, long block) {
        if (own == 0 || rank < 2) {
            return parameter;
        }
        if (own == 1) {
            long[] shape = Padding.all(rank, 1);
            shape[(int) Math.floorMod(axis, (long) rank)] = -1;
            return c.op("aten::reshape", parameter, shape);
        }
        Value repeated = c.op("aten::repeat_interleave", parameter, block, axis, null);
        return c.op("aten::slice", repeated, axis, 0L, c.size(x, axis), 1L);
    }

    static Value quantize(OnnxNode node, Conversion c) {
        long axis = node.integer("axis", 1);
        long block = node.integer("block_size", 0);
        boolean saturates = node.flag("saturate", true);
        ElementType type = node.has(2) ? node.element(2) : node.elementAttribute("output_dtype", ElementType.UINT8);
        if (node.has(2)) {
            node.ignore("output_dtype");
        }
        DType precision = node.elementAttribute("precision", ElementType.FLOAT).carrier();
        Value x = floats(c, node.tensor(0));
        int rank = node.rank(0);
        Value scale = floats(c, spread(c, node.tensor(1), node.rank(1), x, rank, axis, block));
        Value scaled = precision == DType.FLOAT32
                ? c.op("aten::div", x, scale)
                : floats(c, c.op("aten::div", c.cast(x, precision), c.cast(scale, precision)));
        Value zero = node.has(2) ? spread(c, node.tensor(2), node.rank(2), x, rank, axis, block) : null;
        return type.toString().startsWith("float")
                ? c.declared(real(c, scaled, zero, type, saturates), type)
                : quantized(c, scaled, zero, type);
    }

    private static Value floats(Conversion c, Value x) {
        DType dtype = Conversion.dtype(x);
        return dtype == DType.FLOAT32 || dtype == DType.FLOAT64 ? x : c.cast(x, DType.FLOAT32);
    }

    private static Value real(Conversion c, Value scaled, @Nullable Value zero, ElementType type, boolean saturates) {
        Value x = zero == null ? scaled : c.op("aten::add", scaled, floats(c, zero));
        return SmallFloat.of(type) != null
                ? Casts.small(c, x, type)
                : c.cast(saturates ? Casts.held(c, x, type) : x, type.carrier());
    }

    /** Rounded to even, moved to the zero point, and held within the type. */
    static Value quantized(Conversion c, Value scaled, @Nullable Value zero, ElementType type) {
        Value rounded = c.op("aten::round", scaled);
        Value moved = zero == null ? rounded : c.op("aten::add", rounded, zero);
        return c.declared(c.cast(within(c, moved, type), type.carrier()), type);
    }

    private static Value within(Conversion c, Value x, ElementType type) {
        return switch (type) {
            case UINT8 -> c.op("aten::clamp", x, 0L, 255L);
            case INT8 -> c.op("aten::clamp", x, -128L, 127L);
            case UINT16 -> c.op("aten::clamp", x, 0L, 65535L);
            case INT16 -> c.op("aten::clamp", x, -32768L, 32767L);
            case UINT2, INT2, UINT4, INT4 -> Casts.within(c, x, type);
            default -> c.op("aten::clamp", x, (long) Integer.MIN_VALUE, (long) Integer.MAX_VALUE);
        };
    }

    static Value dequantize(OnnxNode node, Conversion c) {
        long axis = node.integer("axis", 1);
        long block = node.integer("block_size", 0);
        Value x = node.tensor(0);
        int rank = node.rank(0);
        DType own = node.dtype(1) == null ? DType.FLOAT32 : node.dtype(1);
        DType dtype = node.hasAttribute("output_dtype")
                ? node.elementAttribute("output_dtype", ElementType.FLOAT).carrier()
                : own;
        Value scale = spread(c, node.tensor(1), node.rank(1), x, rank, axis, block);
        Value numbers = c.cast(x, dtype == DType.FLOAT64 ? dtype : DType.FLOAT32);
        if (node.has(2)) {
            Value zero = spread(c, node.tensor(2), node.rank(2), x, rank, axis, block);
            numbers = c.op("aten::sub", numbers, c.cast(zero, Conversion.dtype(numbers)));
        }
        return c.cast(c.op("aten::mul", numbers, floats(c, scale)), dtype);
    }

    /** To eight bits, over the range of the values and zero. */
    private static List<@Nullable Value> dynamic(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        List<Value> all = dynamic(c, x);
        return new ArrayList<>(all);
    }

    static List<Value> dynamic(Conversion c, Value x) {
        Value high = c.op("aten::clamp", c.op("aten::max", x), 0.0, null);
        Value low = c.op("aten::clamp", c.op("aten::min", x), null, 0.0);
        Value range = c.op("aten::sub", high, low);
        Value scale = c.op("aten::div", c.op("aten::masked_fill", range, c.op("aten::eq", range, 0.0), 255.0), 255.0);
        Value zero = quantized(c, c.op("aten::div", c.op("aten::neg", low), scale), null, ElementType.UINT8);
        Value y = quantized(c, c.op("aten::div", x, scale), zero, ElementType.UINT8);
        return List.of(y, scale, zero);
    }

    // ---- products of whole numbers

    /** A quantised argument without its zero point, in {@code float64}; rows or columns may each have their own. */
    static Value centred(Conversion c, OnnxNode node, int input, int zero, boolean rows) {
        Value x = c.cast(node.tensor(input), DType.FLOAT64);
        if (!node.has(zero)) {
            return x;
        }
        Value offset = c.cast(node.tensor(zero), DType.FLOAT64);
        return c.op("aten::sub", x, rows && node.rank(zero) == 1 ? c.op("aten::unsqueeze", offset, -1L) : offset);
    }

    private static Value matMulInteger(OnnxNode node, Conversion c) {
        Value product = c.op("aten::matmul", centred(c, node, 0, 2, true), centred(c, node, 1, 3, false));
        return c.cast(product, DType.INT32);
    }

    private static Value convInteger(OnnxNode node, Conversion c) {
        return c.cast(convolution(node, c, 0, 2, 1, 3, null), DType.INT32);
    }

    private static Value convolution(
            OnnxNode node, Conversion c, int input, int zero, int weights, int weightZero, @Nullable Value bias) {
        Value x = centred(c, node, input, zero, false);
        Value weight = c.cast(node.tensor(weights), DType.FLOAT64);
        int rank = node.knownRank(weights);
        if (node.has(weightZero)) {
            Value offset = c.cast(node.tensor(weightZero), DType.FLOAT64);
            weight = c.op("aten::sub", weight, perOutput(c, offset, node.rank(weightZero), rank));
        }
        long group = node.integer("group", 1);
        long[] kernel = ConvolutionRules.kernel(node, weights);
        Padding padding = Padding.of(node, c, x, kernel);
        Value padded = padding.isZero() ? x : padding.apply(c, x, 0.0);
        String kind = "aten::conv" + kernel.length + "d";
        return c.op(
                kind, padded, weight, bias, padding.strides(), padding.none().symmetric(), padding.dilations(), group);
    }

    private static Value perOutput(Conversion c, Value parameter, int own, int rank) {
        if (own != 1) {
            return parameter;
        }
        long[] shape = Padding.all(rank, 1);
        shape[0] = -1;
        return c.op("aten::reshape", parameter, shape);
    }

    /** The inputs' order: value, scale, zero point of a, of b, then scale and zero point of the result. */
    private static Value linearMatMul(OnnxNode node, Conversion c) {
        Value product = c.op("aten::matmul", centred(c, node, 0, 2, true), centred(c, node, 3, 5, false));
        Value scale = c.op("aten::mul", rowScale(c, node, 1), node.tensor(4));
        Value scaled = c.op("aten::mul", product, c.op("aten::div", scale, node.tensor(6)));
        return quantized(c, scaled, node.tensor(7), node.element(7));
    }

    static Value rowScale(Conversion c, OnnxNode node, int input) {
        Value scale = node.tensor(input);
        return node.rank(input) == 1 ? c.op("aten::unsqueeze", scale, -1L) : scale;
    }

    private static Value linearConv(OnnxNode node, Conversion c) {
        Value bias = node.has(8) ? c.cast(node.tensor(8), DType.FLOAT64) : null;
        Value sum = convolution(node, c, 0, 2, 3, 5, bias);
        Value scale = c.op("aten::div", c.op("aten::mul", node.tensor(1), node.tensor(4)), node.tensor(6));
        int rank = node.knownRank(3);
        if (node.rank(4) == 1) {
            long[] shape = Padding.all(rank, 1);
            shape[1] = -1;
            scale = c.op("aten::reshape", scale, shape);
        }
        return quantized(c, c.op("aten::mul", sum, scale), node.tensor(7), node.element(7));
    }
}
