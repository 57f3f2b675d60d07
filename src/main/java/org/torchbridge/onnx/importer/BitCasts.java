package org.torchbridge.onnx.importer;

import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.SmallFloat;

/** The same bits as numbers of another type. */
final class BitCasts {
    private BitCasts() {}

    static Value write(OnnxNode node, Conversion c) {
        ElementType from = node.element(0);
        ElementType to = ElementType.of((int) node.integer("to"));
        Value x = node.tensor(0);
        if (from.isPacked() && from.packedBits() == to.packedBits()) {
            if (SmallFloat.of(from) != SmallFloat.of(to)) {
                throw node.unsupported("from " + from + " to " + to);
            }
            return c.declared(Casts.dropped(c, c.cast(x, to.carrier()), to), to);
        }
        DType own = stored(from);
        DType other = stored(to);
        if (own == null || other == null || from.isPacked() || to.isPacked() || own.itemSize() != other.itemSize()) {
            throw node.broken("takes the bits of " + from + " for those of " + to);
        }
        Value bits = c.cast(x, own);
        Value seen = own == other ? bits : c.op("aten::view_copy", bits, other);
        return c.declared(Casts.dropped(c, c.cast(seen, to.carrier()), to), to);
    }

    /** The type of as many bits that libtorch reinterprets, which is signed where ONNX's is only stored. */
    private static @Nullable DType stored(ElementType type) {
        return switch (type) {
            case UINT16 -> DType.INT16;
            case UINT32 -> DType.INT32;
            case UINT64 -> DType.INT64;
            default -> type.dtype();
        };
    }
}
