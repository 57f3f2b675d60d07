package org.torchbridge.onnx.importer;

import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Values that may be missing. */
final class OptionalRules {
    private OptionalRules() {}

    static void register(Registry r) {
        r.rule("Optional", 15, OptionalRules::optional);
        r.rule("OptionalHasElement", 15, OptionalRules::has);
        r.rule("OptionalGetElement", 15, OptionalRules::get);
    }

    /** A value is one that may be missing as it is. */
    private static Value optional(OnnxNode node, Conversion c) {
        node.ignore("type");
        return node.has(0) ? node.value(0) : c.constant(null);
    }

    private static Value has(OnnxNode node, Conversion c) {
        if (!node.has(0)) {
            return c.op("aten::tensor", false, null, null, false);
        }
        Value value = node.value(0);
        Object present = value.type() instanceof Type.OfOptional || value.type() == Type.NONE
                ? c.op("aten::__isnot__", value, null)
                : (Object) true;
        return c.op("aten::tensor", present, null, null, false);
    }

    private static Value get(OnnxNode node, Conversion c) {
        Value value = node.value(0);
        if (value.type() == Type.NONE) {
            throw node.broken("takes the element of nothing");
        }
        return value.type() instanceof Type.OfOptional ? c.op("aten::_unwrap_optional", value) : value;
    }
}
