package org.torchbridge.onnx.importer;

import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;

/** Changes of element types, among them those that programs compute in a wider type. */
final class Casts {
    private Casts() {}

    static Value write(OnnxNode node, Conversion c, Value value, ElementType to, boolean saturate) {
        if (to == ElementType.STRING || StringRules.isText(value)) {
            return StringRules.cast(node, c, value, to);
        }
        if (to.carrier() == null) {
            throw node.unsupported("to " + to);
        }
        if (!(value.type() instanceof Type.OfTensor)) {
            throw node.unsupported("of " + value.type());
        }
        DType from = Conversion.dtype(value);
        boolean real = from == null || from.isFloatingPoint();
        double largest = largest(to);
        if (real && saturate && largest > 0) {
            value = c.op("aten::clamp", value, -largest, largest);
        }
        Value cast = to.isPacked() && real ? rounded(c, value, to) : narrowed(c, c.cast(value, to.carrier()), to);
        return c.declared(cast, to);
    }

    /** The largest number of an eight-bit floating point type; 0 for other types. */
    private static double largest(ElementType type) {
        return switch (type) {
            case FLOAT8E4M3FN -> 448;
            case FLOAT8E4M3FNUZ -> 240;
            case FLOAT8E5M2, FLOAT8E5M2FNUZ -> 57344;
            default -> 0;
        };
    }

    /** Real numbers become the nearest four-bit ones. */
    private static Value rounded(Conversion c, Value value, ElementType to) {
        long smallest = to == ElementType.INT4 ? -8 : 0;
        Value whole = c.op("aten::clamp", c.op("aten::round", value), smallest, smallest + 15);
        return c.cast(whole, to.carrier());
    }

    /** Keeps the bits that a narrower type than the carrier has. */
    private static Value narrowed(Conversion c, Value value, ElementType to) {
        return switch (to) {
            case UINT16 -> c.op("aten::bitwise_and", value, 0xFFFFL);
            case UINT32 -> c.op("aten::bitwise_and", value, 0xFFFFFFFFL);
            case UINT4 -> c.op("aten::bitwise_and", value, 15L);
            case INT4 -> c.cast(
                    c.op("aten::sub", c.op("aten::bitwise_and", c.op("aten::add", value, 8L), 15L), 8L), DType.INT8);
            default -> value;
        };
    }
}
