package org.torchbridge.onnx.importer;

import org.torchbridge.DType;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;

/** Changes of element types, among them those that programs compute in a wider type. */
final class Casts {
    private Casts() {}

    static Value write(OnnxNode node, Conversion c, Value value, ElementType to, boolean saturate) {
        if (to.carrier() == null) {
            throw node.unsupported("to " + to);
        }
        Value cast = narrowed(c, c.cast(value, to.carrier()), to);
        return c.declared(cast, to);
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
