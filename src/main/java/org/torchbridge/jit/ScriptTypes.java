package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.internal.ScriptType;

/** libtorch's types as those of a {@link org.torchbridge.graph.Graph}, and back. */
final class ScriptTypes {
    private ScriptTypes() {}

    static Type read(ScriptType type) {
        return switch (type.kind()) {
            case "TensorType" -> tensor(type);
            case "ListType" -> new Type.OfList(read(type.parts().get(0)));
            case "OptionalType" -> new Type.OfOptional(read(type.parts().get(0)));
            case "DictType" -> new Type.OfDict(
                    read(type.parts().get(0)), read(type.parts().get(1)));
            case "TupleType" -> new Type.OfTuple(readAll(type.parts()), type.name(), type.fields());
            case "IntType",
                    "FloatType",
                    "ComplexType",
                    "BoolType",
                    "StringType",
                    "NoneType",
                    "NumberType",
                    "DeviceObjType",
                    "GeneratorType",
                    "StreamObjType",
                    "StorageType",
                    "QuantizerType",
                    "AnyType" -> Type.parse(type.text());
            default -> new Type.OfNative(type.text(), type);
        };
    }

    private static List<Type> readAll(List<ScriptType> types) {
        return types.stream().map(ScriptTypes::read).toList();
    }

    private static Type tensor(ScriptType type) {
        int dtype = type.dtype();
        long[] sizes = type.shape();
        List<@Nullable Long> shape = null;
        if (sizes != null) {
            shape = new ArrayList<>();
            for (long size : sizes) {
                shape.add(size < 0 ? null : size);
            }
        }
        return new Type.OfTensor(dtype < 0 ? null : DType.of(dtype), shape);
    }

    /** The type without dtypes and shapes, which programs that run do not have. */
    static ScriptType write(Type type) {
        if (type instanceof Type.OfTensor) {
            return ScriptType.parse("Tensor");
        }
        if (type instanceof Type.OfList list) {
            return ScriptType.parse("int[]").with(write(list.element()));
        }
        if (type instanceof Type.OfOptional optional) {
            return ScriptType.parse("int?").with(write(optional.element()));
        }
        if (type instanceof Type.OfDict dict) {
            return ScriptType.parse("Dict(int, int)").with(write(dict.key()), write(dict.value()));
        }
        if (type instanceof Type.OfTuple tuple) {
            List<ScriptType> elements =
                    tuple.elements().stream().map(ScriptTypes::write).toList();
            return ScriptType.tuple(elements, tuple.name(), tuple.fields());
        }
        if (type instanceof Type.OfNative known && known.definition() instanceof ScriptType definition) {
            return definition;
        }
        return ScriptType.parse(type.toString());
    }
}
