package org.torchbridge.codegen;

import java.util.ArrayList;
import java.util.List;

/**
 * An overload that libtorch exports: its schema, and the C++ parameter types of its {@code at::_ops::...::call}. Why an
 * overload has no native method, or no public one, is decided here and nowhere else.
 */
record Operator(Schema schema, List<String> cppTypes, List<NativeType> types, NativeResult result) {

    static Operator of(Schema schema, List<String> cppTypes) {
        List<NativeType> types = new ArrayList<>();
        cppTypes.forEach(type -> types.add(NativeType.of(type)));
        return new Operator(schema, cppTypes, types, NativeResult.of(schema));
    }

    String symbol() {
        return schema.symbol();
    }

    /** Why no native method can be made, or null if one can. */
    String obstacle() {
        if (cppTypes.size() != schema.arguments().size()) {
            return "its C++ signature does not have the schema's arguments";
        }
        if (result == null) {
            return "its result type, " + schema.results().get(0).type() + ", exists for symbolic tracing only";
        }
        int unknown = types.indexOf(null);
        return unknown < 0 ? null : "takes a " + cppTypes.get(unknown);
    }

    /** Why there is no public method although there is a native one, or null if there is one. */
    String reasonToHide() {
        String name = schema.name();
        if (schema.isOutVariant()) {
            return "`out=` variant: results are returned instead";
        }
        if (name.startsWith("_foreach")) {
            return "foreach: works on lists of tensors for the optimizers";
        }
        if (name.startsWith("_") && !name.startsWith("__")) {
            return "internal: PyTorch marks it with a leading underscore";
        }
        if (name.contains("backward")) {
            return "backward formula: autograd calls it";
        }
        if (types.stream().anyMatch(type -> type.apiType() == null)) {
            return schema.text().contains("Stream")
                    ? "takes a stream of a GPU, which Java has no object for"
                    : "takes a storage: the overload that takes a tensor does the same";
        }
        return null;
    }

    boolean isPublic() {
        return obstacle() == null && reasonToHide() == null;
    }
}
