package org.torchbridge.onnx.exporter;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.onnx.exporter.Item.Named;
import org.torchbridge.onnx.exporter.Item.Quantized;

/** Quantised tensors, which {@link org.torchbridge.graph.passes.ExplicitQuantization} leaves between operators on real ones. */
final class QuantizationRules {
    /** How many steps seven bits make of a range. */
    private static final double REDUCED_STEPS = 127;

    private QuantizationRules() {}

    static void register(Rules r) {
        r.rule("aten::quantize_per_tensor", QuantizationRules::quantize);
        r.rule("aten::quantize_per_channel", QuantizationRules::quantizeChannels);
        r.rule("aten::quantize_per_tensor_dynamic", QuantizationRules::quantizeDynamically);
        r.rule("aten::_make_per_tensor_quantized_tensor", QuantizationRules::made);
        r.rule("aten::_make_per_channel_quantized_tensor", QuantizationRules::madeOfChannels);
        r.rule("aten::dequantize", c -> dequantized(c, quantized(c)));
        r.rule("aten::int_repr", c -> quantized(c).whole());
        r.number("aten::q_scale", c -> c.cast(quantized(c).scale(), DType.FLOAT64));
        r.number("aten::q_zero_point", c -> c.cast(quantized(c).zeroPoint(), DType.INT64));
        r.number("prim::is_quantized", c -> Item.of(false));
    }

    private static Quantized quantized(Call c) {
        if (c.item("self") instanceof Quantized quantized) {
            return quantized;
        }
        throw c.unsupported("takes a tensor that is quantised in another way");
    }

    // ---- scales and zero points

    private static Named scalar(Call c, String name, DType dtype) {
        Named value = c.cast(c.item(name), dtype);
        return value.rank() == 0 ? value : c.op("Reshape", value, c.longs()).ofRank(0);
    }

    private static Named row(Call c, String name, DType dtype) {
        return c.known(c.item(name)) instanceof Tensor tensor
                ? c.constant(tensor.to(dtype))
                : c.cast(c.item(name), dtype);
    }

    /** The type of the whole numbers. */
    private static DType whole(Call c, DType dtype) {
        return switch (dtype) {
            case QUINT8 -> DType.UINT8;
            case QINT8 -> DType.INT8;
            default -> throw c.unsupported("quantises to " + dtype + "; ONNX's QuantizeLinear gives eight bits");
        };
    }

    // ---- to whole numbers and back

    private static Quantized quantize(Call c) {
        DType dtype = whole(c, c.dtype("dtype"));
        return quantize(c, scalar(c, "scale", DType.FLOAT32), scalar(c, "zero_point", dtype), null);
    }

    private static Quantized quantizeChannels(Call c) {
        DType dtype = whole(c, c.dtype("dtype"));
        int axis = c.dim("axis", c.tensor("self"));
        return quantize(c, row(c, "scales", DType.FLOAT32), row(c, "zero_points", dtype), axis);
    }

    private static Quantized quantize(Call c, Named scale, Named zeroPoint, @Nullable Integer axis) {
        Named x = c.cast(c.item("self"), DType.FLOAT32);
        NodeWriter node = c.node("QuantizeLinear", x, scale, zeroPoint).as(zeroPoint.dtype());
        Named whole = (axis == null ? node : node.with("axis", axis)).get().ofShape(x.shape());
        return new Quantized(whole, scale, zeroPoint, axis);
    }

    /** Over the range of its values and zero; seven bits keep products of integer kernels in their range. */
    private static Quantized quantizeDynamically(Call c) {
        DType dtype = whole(c, c.dtype("dtype"));
        if (dtype != DType.UINT8) {
            throw c.unsupported("quantises to signed numbers over the range of its values");
        }
        Named x = c.tensor("self");
        if (c.flag("reduce_range")) {
            return reduced(c, x);
        }
        List<Named> parts = c.node("DynamicQuantizeLinear", x).as(dtype).many(3);
        return new Quantized(
                parts.get(0).ofShape(x.shape()),
                parts.get(1).as(DType.FLOAT32).ofRank(0),
                parts.get(2).ofRank(0),
                null);
    }

    private static Quantized reduced(Call c, Named x) {
        Named zero = c.scalar(0.0, DType.FLOAT32);
        Named high = c.op("Max", c.node("ReduceMax", x).with("keepdims", false).get(), zero);
        Named low = c.op("Min", c.node("ReduceMin", x).with("keepdims", false).get(), zero);
        Named range = c.op("Sub", high, low);
        Named nothing = c.node("Equal", range, zero).as(DType.BOOL).get();
        Named steps = c.scalar(REDUCED_STEPS, DType.FLOAT32);
        Named scale = c.op(
                        "Div",
                        c.node("Where", nothing, steps, range).as(DType.FLOAT32).get(),
                        steps)
                .ofRank(0);
        Named zeroPoint = c.cast(c.op("Round", c.op("Div", c.op("Neg", low), scale)), DType.UINT8);
        return quantize(c, scale, zeroPoint.ofRank(0), null);
    }

    private static Quantized made(Call c) {
        Named whole = c.tensor("self");
        Named scale = scalar(c, "scale", DType.FLOAT32);
        return new Quantized(whole, scale, hasZeroPoint(whole) ? scalar(c, "zero_point", whole.dtype()) : null, null);
    }

    private static Quantized madeOfChannels(Call c) {
        Named whole = c.tensor("self");
        Named zeroPoints = hasZeroPoint(whole) ? row(c, "zero_point", whole.dtype()) : null;
        return new Quantized(whole, row(c, "scale", DType.FLOAT32), zeroPoints, c.dim("axis", whole));
    }

    /** In ONNX whole numbers of 32 bits stand for multiples of the scale. */
    private static boolean hasZeroPoint(Named whole) {
        return whole.dtype() != DType.INT32;
    }

    private static Named dequantized(Call c, Quantized x) {
        NodeWriter node =
                c.node("DequantizeLinear", x.whole(), x.scale(), x.zeroPoint()).as(DType.FLOAT32);
        return (x.axis() == null ? node : node.with("axis", x.axis()))
                .get()
                .ofShape(x.whole().shape());
    }
}
