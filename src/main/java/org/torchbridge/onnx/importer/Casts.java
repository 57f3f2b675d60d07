package org.torchbridge.onnx.importer;

import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.SmallFloat;

/** Changes of element types, among them those that programs compute in a wider type. */
final class Casts {
    /**
     * What real numbers outside of a type of two or four bits become is undefined. ONNX's own reference takes the nearest number
     * up to the version before this one, and from it on drops the higher bits, as between whole numbers.
     */
    private static final long DROPS_BITS = 24;

    private Casts() {}

    /** @param rounding of powers of two: {@code up}, {@code down} or {@code nearest} */
    static Value write(OnnxNode node, Conversion c, Value value, ElementType to, boolean saturate, String rounding) {
        if (to == ElementType.STRING || StringRules.isText(value)) {
            return StringRules.cast(node, c, value, to);
        }
        if (to.carrier() == null) {
            throw node.unsupported("to " + to);
        }
        if (!(value.type() instanceof Type.OfTensor)) {
            throw node.unsupported("of " + value.type());
        }
        Value cast =
                switch (to) {
                    case FLOAT4E2M1, FLOAT6E2M3, FLOAT6E3M2 -> small(c, value, to);
                    case FLOAT8E8M0 -> power(node, c, value, saturate, rounding);
                    case UINT2, INT2, UINT4, INT4 -> whole(c, value, to, node.version() < DROPS_BITS);
                    default -> dropped(c, c.cast(saturate ? held(c, value, to) : value, to.carrier()), to);
                };
        return c.declared(cast, to);
    }

    // ---- eight bits and more

    /** Within the range of an eight-bit floating point type; values for other types are left as they are. */
    static Value held(Conversion c, Value value, ElementType to) {
        double largest =
                switch (to) {
                    case FLOAT8E4M3FN -> 448;
                    case FLOAT8E4M3FNUZ -> 240;
                    case FLOAT8E5M2, FLOAT8E5M2FNUZ -> 57344;
                    default -> 0;
                };
        return isReal(value) && largest > 0 ? c.op("aten::clamp", value, -largest, largest) : value;
    }

    private static boolean isReal(Value value) {
        DType dtype = Conversion.dtype(value);
        return dtype == null || dtype.isFloatingPoint();
    }

    /** Keeps the bits that a narrower type than the carrier has. */
    static Value dropped(Conversion c, Value value, ElementType to) {
        return switch (to) {
            case UINT16 -> c.op("aten::bitwise_and", value, 0xFFFFL);
            case UINT32 -> c.op("aten::bitwise_and", value, 0xFFFFFFFFL);
            case UINT2, UINT4 -> c.op("aten::bitwise_and", value, (1L << to.packedBits()) - 1);
            case INT2, INT4 -> signed(c, value, 1L << (to.packedBits() - 1));
            default -> value;
        };
    }

    private static Value signed(Conversion c, Value value, long half) {
        Value bits = c.op("aten::bitwise_and", c.op("aten::add", value, half), 2 * half - 1);
        return c.cast(c.op("aten::sub", bits, half), DType.INT8);
    }

    /** One of two to the powers from -127 to 127. What is not among them is the nearest of these, or NaN. */
    private static Value power(OnnxNode node, Conversion c, Value value, boolean saturate, String rounding) {
        double smallest = Math.scalb(1.0, -127);
        double largest = Math.scalb(1.0, 127);
        Value given = c.cast(value, DType.FLOAT64);
        Value x = saturate ? c.op("aten::clamp", given, smallest, largest) : given;
        List<Value> parts = c.ops("aten::frexp", x);
        Value above =
                switch (rounding) {
                    case "up" -> c.op("aten::gt", parts.get(0), 0.5);
                    case "nearest" -> c.op("aten::ge", parts.get(0), 0.75);
                    case "down" -> c.op("aten::ge", parts.get(0), 1.0);
                    default -> throw node.unsupported("round_mode " + rounding);
                };
        Value exponent = c.op("aten::add", c.op("aten::sub", parts.get(1), 1L), above);
        Value power = c.op("aten::exp2", c.cast(exponent, DType.FLOAT64));
        Value inside = c.op("aten::logical_and", c.op("aten::ge", x, smallest), c.op("aten::le", x, largest));
        Value all = c.op("aten::masked_fill", power, c.op("aten::logical_not", inside), Double.NaN);
        return c.cast(c.cast(all, DType.FLOAT32), ElementType.FLOAT8E8M0.carrier());
    }

    // ---- less than eight bits

    private static Value whole(Conversion c, Value value, ElementType to, boolean nearest) {
        if (!isReal(value)) {
            return dropped(c, c.cast(value, to.carrier()), to);
        }
        if (!nearest) {
            return dropped(c, c.cast(c.cast(value, DType.INT32), to.carrier()), to);
        }
        return c.cast(within(c, c.op("aten::round", value), to), to.carrier());
    }

    /** Whole numbers that are held within a type of two or four bits. */
    static Value within(Conversion c, Value value, ElementType to) {
        long count = 1L << to.packedBits();
        boolean signed = to == ElementType.INT2 || to == ElementType.INT4;
        long smallest = signed ? -count / 2 : 0;
        return c.op("aten::clamp", value, smallest, smallest + count - 1);
    }

    /** The nearest number of the type, that of an even mantissa between two; there are neither infinities nor NaN. */
    static Value small(Conversion c, Value value, ElementType to) {
        SmallFloat form = SmallFloat.of(to);
        double largest = form.largest();
        Value numbers = c.op("aten::nan_to_num", c.cast(value, DType.FLOAT32), 0.0, largest, -largest);
        Value x = c.op("aten::clamp", numbers, -largest, largest);
        Value leading = c.op("aten::sub", c.ops("aten::frexp", x).get(1), 1L);
        Value exponent = c.op("aten::clamp", leading, (long) form.smallestExponent(), null);
        Value step = c.op("aten::exp2", c.cast(c.op("aten::sub", exponent, (long) form.mantissaBits()), DType.FLOAT32));
        return c.op("aten::mul", c.op("aten::round", c.op("aten::div", x, step)), step);
    }
}
