package org.torchbridge.internal;

import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DictType;
import org.bytedeco.pytorch.DoubleComplex;
import org.bytedeco.pytorch.EnumHolder;
import org.bytedeco.pytorch.EnumNameValueArrayRef;
import org.bytedeco.pytorch.EnumType;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.GenericDict;
import org.bytedeco.pytorch.GenericDictIterator;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueArrayRef;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.OptionalType;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScriptTypeParser;
import org.bytedeco.pytorch.Tuple;
import org.bytedeco.pytorch.TupleElements;
import org.bytedeco.pytorch.TupleType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.TypeArrayRef;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.ValueArrayRef;
import org.bytedeco.pytorch.ValueVector;
import org.bytedeco.pytorch.global.torch.TypeKind;
import org.jspecify.annotations.Nullable;

/** Values of Java's as values of TorchScript, by the type that is wanted, and back. */
final class ScriptValues {
    /** That a value is not of the type that is wanted. */
    static final class Mismatch extends Exception {
        private static final long serialVersionUID = 1L;

        private Mismatch(@Nullable Object value, Type type) {
            super(
                    "is " + describe(value) + "; " + ScriptText.of(type.annotation_str()) + " is expected",
                    null,
                    false,
                    false);
        }

        private Mismatch(String message) {
            super(message, null, false, false);
        }
    }

    private final HostTypes host;

    ScriptValues(HostTypes host) {
        this.host = host;
    }

    // ---- to TorchScript

    IValue toScript(@Nullable Object value, Type type) throws Mismatch {
        return switch (type.kind().intern()) {
            case TensorType -> tensor(value, type);
            case OptionalType -> value == null
                    ? new IValue()
                    : toScript(value, new OptionalType(type).getElementType().get());
            case NoneType -> none(value, type);
            case IntType, LayoutType, ScalarTypeType, MemoryFormatType, QSchemeType, SymIntType -> new IValue(
                    integer(value, type));
            case FloatType, SymFloatType -> new IValue(fraction(value, type));
            case BoolType, SymBoolType -> new IValue(truth(value, type));
            case ComplexType -> complex(value, type);
            case NumberType -> number(value, type);
            case StringType -> new IValue(ScriptText.pointer(text(value, type)));
            case DeviceObjType -> new IValue(new Device(device(value, type)));
            case ListType -> list(value, type);
            case TupleType -> tuple(value, type);
            case DictType -> dictionary(value, type);
            case EnumType -> enumMember(value, type);
            case ClassType, InterfaceType -> object(value, type);
            case UnionType -> anyOf(value, type);
            case AnyType -> any(value, type);
            default -> throw new Mismatch(
                    "is of the type " + ScriptText.of(type.annotation_str()) + ", for which there is no value in Java");
        };
    }

    private IValue tensor(@Nullable Object value, Type type) throws Mismatch {
        long handle = value == null ? 0 : host.handle(value);
        if (handle == 0) {
            throw new Mismatch(value, type);
        }
        IValue tensor = new IValue(Presets.tensor(handle));
        Reference.reachabilityFence(value);
        return tensor;
    }

    private static IValue none(@Nullable Object value, Type type) throws Mismatch {
        if (value != null) {
            throw new Mismatch(value, type);
        }
        return new IValue();
    }

    private long integer(@Nullable Object value, Type type) throws Mismatch {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        } else if (value instanceof BigInteger big && big.bitLength() < Long.SIZE) {
            return big.longValue();
        }
        Long code = value == null ? null : host.code(value);
        if (code == null) {
            throw new Mismatch(value, type);
        }
        return code;
    }

    private double fraction(@Nullable Object value, Type type) throws Mismatch {
        return value instanceof Double || value instanceof Float
                ? ((Number) value).doubleValue()
                : (double) integer(value, type);
    }

    private static boolean truth(@Nullable Object value, Type type) throws Mismatch {
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw new Mismatch(value, type);
    }

    private static String text(@Nullable Object value, Type type) throws Mismatch {
        if (value instanceof CharSequence text) {
            return text.toString();
        }
        throw new Mismatch(value, type);
    }

    private String device(@Nullable Object value, Type type) throws Mismatch {
        String device = value instanceof String text ? text : value == null ? null : host.device(value);
        if (device == null) {
            throw new Mismatch(value, type);
        }
        return device;
    }

    private IValue complex(@Nullable Object value, Type type) throws Mismatch {
        double[] parts = value == null ? null : host.complex(value);
        if (parts == null) {
            throw new Mismatch(value, type);
        }
        return new IValue(new Scalar(new DoubleComplex(parts[0], parts[1])));
    }

    private IValue number(@Nullable Object value, Type type) throws Mismatch {
        if (value instanceof Boolean truth) {
            return new IValue(truth);
        } else if (value instanceof Double || value instanceof Float) {
            return new IValue(fraction(value, type));
        } else if (value != null && host.complex(value) != null && !isWhole(value)) {
            return complex(value, type);
        }
        return new IValue(integer(value, type));
    }

    private static boolean isWhole(Object value) {
        return value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigInteger;
    }

    private IValue list(@Nullable Object value, Type type) throws Mismatch {
        Collection<?> elements = elements(value, type);
        Type.TypePtr elementType = new ListType(type).getElementType();
        GenericList list = new GenericList(elementType);
        list.reserve(elements.size());
        int index = 0;
        for (Object element : elements) {
            list.push_back(part(element, elementType.get(), index++));
        }
        return new IValue(list);
    }

    private IValue part(@Nullable Object element, Type type, Object place) throws Mismatch {
        try {
            return toScript(element, type);
        } catch (Mismatch e) {
            throw new Mismatch("has [" + place + "], which " + e.getMessage());
        }
    }

    private static Collection<?> elements(@Nullable Object value, Type type) throws Mismatch {
        if (value instanceof Collection<?> collection) {
            return collection;
        } else if (value instanceof Object[] array) {
            return Arrays.asList(array);
        } else if (value != null && value.getClass().isArray()) {
            List<Object> elements = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                elements.add(Array.get(value, i));
            }
            return elements;
        }
        throw new Mismatch(value, type);
    }

    private IValue tuple(@Nullable Object value, Type type) throws Mismatch {
        Collection<?> elements = elements(value, type);
        TypeArrayRef types = new TupleType(type).elements();
        if (elements.size() != types.size()) {
            throw new Mismatch("has " + elements.size() + " elements; " + ScriptText.of(type.annotation_str())
                    + " is expected, with " + types.size());
        }
        IValueVector values = new IValueVector();
        int index = 0;
        for (Object element : elements) {
            values.push_back(part(element, types.get(index).get(), index++));
        }
        return new IValue(
                new TupleType(type).name().has_value()
                        ? Tuple.createNamed(values, new Type.TypePtr(type))
                        : Tuple.create(values));
    }

    private IValue dictionary(@Nullable Object value, Type type) throws Mismatch {
        if (!(value instanceof Map<?, ?> map)) {
            throw new Mismatch(value, type);
        }
        DictType dict = new DictType(type);
        IValueVector items = new IValueVector();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            items.push_back(part(entry.getKey(), dict.getKeyType().get(), entry.getKey()));
            items.push_back(part(entry.getValue(), dict.getValueType().get(), entry.getKey()));
        }
        return dictionary(items, dict);
    }

    /** Dictionaries are made by programs only: this is a program that makes one of its arguments. */
    private static IValue dictionary(IValueVector items, DictType type) {
        Graph graph = new Graph();
        ValueVector keys = new ValueVector();
        ValueVector values = new ValueVector();
        for (long i = 0; i < items.size(); i += 2) {
            keys.push_back(typed(graph.addInput(), type.getKeyType()));
            values.push_back(typed(graph.addInput(), type.getValueType()));
        }
        JitNode made = graph.insertNode(graph.createDict(
                type.getKeyType(), type.getValueType(), new ValueArrayRef(keys), new ValueArrayRef(values)));
        graph.registerOutput(made.output());
        CompilationUnit unit = new CompilationUnit();
        Function function = unit.create_function(new QualifiedName("dictionary"), graph);
        NativeScript.run(function.address(), items.address(), false);
        return new IValue(items.get(0));
    }

    private static Value typed(Value value, Type.TypePtr type) {
        return value.setType(type);
    }

    private IValue enumMember(@Nullable Object value, Type type) throws Mismatch {
        String name = value instanceof String text ? text : value == null ? null : host.enumMember(value);
        EnumNameValueArrayRef members = new EnumType(type).enumNamesValues();
        List<String> names = new ArrayList<>();
        for (long i = 0; i < members.size(); i++) {
            String each = ScriptText.of(members.at(i).first());
            if (each.equals(name)) {
                return new IValue(new EnumHolder(
                        new EnumType(type), members.at(i).first(), members.at(i).second()));
            }
            names.add(each);
        }
        throw new Mismatch("is " + describe(value) + "; one of " + names + " of " + ScriptText.of(type.annotation_str())
                + " is expected");
    }

    private IValue object(@Nullable Object value, Type type) throws Mismatch {
        ScriptObject object = value == null ? null : host.scriptObject(value);
        if (object == null || !object.isOf(type)) {
            throw new Mismatch(value, type);
        }
        return object.value();
    }

    private IValue anyOf(@Nullable Object value, Type type) throws Mismatch {
        TypeArrayRef types = type.containedTypes();
        for (long i = 0; i < types.size(); i++) {
            try {
                return toScript(value, types.get(i).get());
            } catch (Mismatch e) {
                // the next one may fit
            }
        }
        throw new Mismatch(value, type);
    }

    /** Where any value will do, the type follows from the value. */
    private IValue any(@Nullable Object value, Type type) throws Mismatch {
        if (value == null) {
            return new IValue();
        } else if (host.scriptObject(value) != null) {
            return host.scriptObject(value).value();
        }
        String name = typeOf(value);
        if (name == null) {
            throw new Mismatch("is " + describe(value) + ", which TorchScript has no type for");
        }
        return toScript(value, new ScriptTypeParser().parseType(name).get());
    }

    /** The type that a value has by itself, as Python writes it; null if TorchScript has none for it. */
    @Nullable
    String typeOf(@Nullable Object value) {
        if (value == null) {
            return "None";
        } else if (host.handle(value) != 0) {
            return "Tensor";
        } else if (value instanceof Boolean || value instanceof boolean[]) {
            return value instanceof Boolean ? "bool" : "List[bool]";
        } else if (value instanceof Double || value instanceof Float) {
            return "float";
        } else if (value instanceof CharSequence) {
            return "str";
        } else if (isWhole(value) || host.code(value) != null) {
            return "int";
        } else if (value instanceof double[] || value instanceof float[]) {
            return "List[float]";
        } else if (value instanceof long[] || value instanceof int[]) {
            return "List[int]";
        } else if (host.device(value) != null) {
            return "Device";
        } else if (host.complex(value) != null) {
            return "complex";
        } else if (value instanceof Collection<?> list) {
            return common("List[", list);
        } else if (value instanceof Map<?, ?> map && common("", map.keySet()) != null) {
            return common("Dict[" + common("", map.keySet()) + ", ", map.values());
        }
        return null;
    }

    /** {@code start} and the type that all of {@code values} have, null if they have not one. */
    private @Nullable String common(String start, Collection<?> values) {
        List<String> types = values.stream().map(this::typeOf).distinct().toList();
        String type = types.isEmpty() ? "Tensor" : types.get(0);
        return types.size() > 1 || type == null ? null : start.isEmpty() ? type : start + type + "]";
    }

    // ---- from TorchScript

    /** What a value is in Java; the type it was declared to have, if known, tells the names of a tuple's fields. */
    @Nullable
    Object toJava(IValue value, @Nullable Type declared) {
        if (value.isNone()) {
            return null;
        } else if (is(declared, TypeKind.OptionalType)) {
            return toJava(value, new OptionalType(declared).getElementType().get());
        } else if (value.isTensor()) {
            return host.tensor(Presets.share(value.toTensor()));
        } else if (value.isBool()) {
            return value.toBool();
        } else if (value.isInt()) {
            return value.toInt();
        } else if (value.isDouble()) {
            return value.toDouble();
        } else if (value.isString()) {
            return ScriptText.of(value.toStringRef());
        } else if (value.isList()) {
            return listOf(value, declared);
        } else if (value.isTuple()) {
            return tupleOf(value, declared);
        } else if (value.isGenericDict()) {
            return mapOf(value, declared);
        } else if (value.isObject()) {
            return host.object(ScriptObject.of(value));
        }
        return rareOf(value);
    }

    private @Nullable Object rareOf(IValue value) {
        if (value.isDevice()) {
            return host.device(ScriptText.of(value.toDevice().str()));
        } else if (value.isComplexDouble()) {
            DoubleComplex number = value.toComplexDouble();
            return host.complex(number.real_(), number.imag_());
        } else if (value.isEnum()) {
            EnumHolder member = value.toEnumHolder();
            return host.enumMember(
                    ScriptText.of(member.type().annotation_str()),
                    ScriptText.of(member.name()),
                    toJava(member.value(), null));
        } else if (value.isFuture()) {
            value.toFuture().waitAndThrow();
            return toJava(value.toFuture().value(), null);
        }
        throw new IllegalStateException("a value of TorchScript is of a kind that has no counterpart in Java: a"
                + " generator, stream, storage, quantizer or capsule");
    }

    private List<@Nullable Object> listOf(IValue value, @Nullable Type declared) {
        Type type = is(declared, TypeKind.ListType)
                ? new ListType(declared).getElementType().get()
                : null;
        IValueArrayRef elements = value.toListRef();
        List<Object> list = new ArrayList<>();
        for (long i = 0; i < elements.size(); i++) {
            list.add(toJava(elements.at(i), type));
        }
        return list;
    }

    private Object tupleOf(IValue value, @Nullable Type declared) {
        TupleType type = is(declared, TypeKind.TupleType) ? new TupleType(declared) : null;
        TupleElements elements = value.toTuple().elements();
        List<Object> values = new ArrayList<>();
        for (long i = 0; i < elements.size(); i++) {
            values.add(toJava(
                    elements.at(i), type == null ? null : type.elements().get(i).get()));
        }
        return host.tuple(values, type == null || !type.names().has_value() ? null : fieldNames(type));
    }

    static List<String> fieldNames(TupleType type) {
        Argument fields = NativeSchemas.arguments(type.schema());
        List<String> names = new ArrayList<>();
        for (long i = 0; i < type.elements().size(); i++) {
            names.add(ScriptText.of(fields.getPointer(i).name()));
        }
        return names;
    }

    private Map<@Nullable Object, @Nullable Object> mapOf(IValue value, @Nullable Type declared) {
        DictType type = is(declared, TypeKind.DictType) ? new DictType(declared) : null;
        GenericDict dict = value.toGenericDict();
        Map<Object, Object> map = new LinkedHashMap<>();
        GenericDictIterator item = dict.begin();
        for (long i = 0; i < dict.size(); i++) {
            map.put(
                    toJava(item.access().key(), null),
                    toJava(
                            item.access().value(),
                            type == null ? null : type.getValueType().get()));
            item.increment();
        }
        return map;
    }

    private static boolean is(@Nullable Type type, TypeKind kind) {
        return type != null && type.kind().intern() == kind;
    }

    /** For people, after "is". */
    private static String describe(@Nullable Object value) {
        if (value == null) {
            return "null";
        } else if (value instanceof CharSequence text) {
            return "the text \"" + (text.length() > 40 ? text.subSequence(0, 40) + "..." : text) + "\"";
        } else if (value instanceof Number || value instanceof Boolean) {
            return "the " + value.getClass().getSimpleName() + " " + value;
        } else if (value instanceof Collection<?> || value instanceof Map<?, ?>) {
            return "a " + (value instanceof Map ? "map" : "list");
        }
        return "a " + value.getClass().getSimpleName();
    }
}
