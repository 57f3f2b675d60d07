package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.LongVaryingShape;
import org.bytedeco.pytorch.NamedType;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.QualifiedNameOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.TupleType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.TypeArrayRef;
import org.bytedeco.pytorch.TypeVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.TypeKind;
import org.jspecify.annotations.Nullable;

/** A type of TorchScript's, which outlives the program it was found in. */
public final class ScriptType {
    private static final Map<String, ScriptType> PARSED = new ConcurrentHashMap<>();

    static {
        Presets.load();
    }

    private final Type.TypePtr pointer;

    private ScriptType(Type.TypePtr pointer) {
        this.pointer = pointer;
    }

    static ScriptType of(Type.TypePtr type) {
        try (PointerScope scope = new PointerScope()) {
            Type.TypePtr own = new Type.TypePtr(type);
            own.retainReference();
            return new ScriptType(own);
        }
    }

    Type.TypePtr pointer() {
        return pointer;
    }

    Type type() {
        return pointer.get();
    }

    // ---- what it is

    /** Its kind: {@code TensorType}, {@code ListType}, {@code ClassType} and so on. */
    public String kind() {
        return type().kind().intern().name();
    }

    /** As a graph prints it. */
    public String text() {
        return ScriptText.of(type().str());
    }

    /** The types in it: a list's elements, a dictionary's keys and values. */
    public List<ScriptType> parts() {
        TypeArrayRef types = type().containedTypes();
        List<ScriptType> parts = new ArrayList<>();
        for (long i = 0; i < types.size(); i++) {
            parts.add(of(types.get(i)));
        }
        return parts;
    }

    /** Of a class, enumeration or named tuple; null for a plain one. */
    public @Nullable String name() {
        QualifiedNameOptional name = new NamedType(type()).name();
        return name.has_value() ? ScriptText.of(name.get().qualifiedName()) : null;
    }

    /** The names of a tuple's elements; null for a plain one. */
    public @Nullable List<String> fields() {
        TupleType tuple = new TupleType(type());
        return tuple.names().has_value() ? ScriptValues.fieldNames(tuple) : null;
    }

    /** libtorch's number of a tensor's dtype, or -1. */
    public int dtype() {
        ScalarTypeOptional dtype = new TensorType(type()).scalarType();
        return dtype.has_value() ? dtype.get().value : -1;
    }

    /** A tensor's sizes with -1 for unknown ones; null if not even their number is known. */
    public long @Nullable [] shape() {
        LongVaryingShape sizes = new TensorType(type()).sizes();
        if (!sizes.size().has_value()) {
            return null;
        }
        long[] shape = new long[(int) sizes.size().get()];
        for (int i = 0; i < shape.length; i++) {
            LongOptional size = sizes.get(i);
            shape[i] = size.has_value() ? size.get() : -1;
        }
        return shape;
    }

    // ---- making

    /** The type that a schema writes as {@code text}. */
    public static ScriptType parse(String text) {
        return PARSED.computeIfAbsent(text, ScriptType::parsed);
    }

    private static ScriptType parsed(String text) {
        try (PointerScope scope = new PointerScope()) {
            return of(NativeSchemas.arguments(torch.parseSchema("torchbridge::type(" + text + " value) -> ()"))
                    .type());
        }
    }

    /** This type with other types in it. */
    public ScriptType with(ScriptType... parts) {
        try (PointerScope scope = new PointerScope()) {
            return of(type().createWithContained(vector(List.of(parts))));
        }
    }

    /** A tuple; {@code name} and {@code fields} are null for a plain one. */
    public static ScriptType tuple(List<ScriptType> elements, @Nullable String name, @Nullable List<String> fields) {
        try (PointerScope scope = new PointerScope()) {
            TypeVector types = vector(elements);
            TupleType tuple = name == null || fields == null
                    ? TupleType.create(types)
                    : TupleType.createNamed(
                            new QualifiedNameOptional(new QualifiedName(name)),
                            new StringVector(fields.toArray(String[]::new)),
                            types);
            return of(new Type.TypePtr(tuple));
        }
    }

    static TypeVector vector(List<ScriptType> types) {
        TypeVector vector = new TypeVector();
        types.forEach(type -> vector.push_back(type.pointer));
        return vector;
    }

    boolean is(TypeKind kind) {
        return type().kind().intern() == kind;
    }
}
