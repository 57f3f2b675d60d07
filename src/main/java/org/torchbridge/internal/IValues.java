package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.GenericDict;
import org.bytedeco.pytorch.GenericDictEntryRef;
import org.bytedeco.pytorch.GenericDictIterator;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ScriptTypeParser;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Type;

/**
 * Values of Java as TorchScript's and back: {@link TensorHandle}, {@link Long}, {@link Double}, {@link Boolean}, {@link
 * String}, null, {@link List} for lists, {@link Map} for dictionaries. Tensors come back as adopted ones, tuples as lists,
 * devices as strings; what else there is stays an {@link IValue}.
 */
final class IValues {
    private IValues() {}

    /**
     * The value as an argument of a type: whole numbers go for floating-point ones, one number for {@code length} equal ones,
     * a string for a device.
     */
    static IValue of(Object value, Type type, int length) {
        return switch (type.kind().intern()) {
            case OptionalType -> value == null
                    ? new IValue()
                    : of(value, type.containedType(0).get(), length);
            case TensorType -> value == null ? new IValue(new Tensor()) : of(value);
            case FloatType -> value instanceof Long whole ? new IValue((double) whole) : of(value);
            case DeviceObjType -> value instanceof String text ? new IValue(new Device(text)) : of(value);
            case ListType -> value instanceof IValue || value == null
                    ? of(value)
                    : list(
                            value instanceof List<?> list ? list : Collections.nCopies(length, value),
                            type.containedType(0));
            default -> of(value);
        };
    }

    private static IValue list(List<?> values, Type.TypePtr declared) {
        boolean known = !values.isEmpty()
                && declared.get().kind().intern() == org.bytedeco.pytorch.global.torch.TypeKind.VarType;
        GenericList list = new GenericList(known ? type(values.get(0)) : declared);
        values.forEach(value -> list.push_back(of(value, declared.get(), 0)));
        return new IValue(list);
    }

    /** The value as what it is by itself. */
    static IValue of(Object value) {
        if (value == null) {
            return new IValue();
        }
        if (value instanceof TensorHandle tensor) {
            return new IValue(Presets.tensor(tensor.handle()));
        }
        if (value instanceof Long whole) {
            return new IValue((long) whole);
        }
        if (value instanceof Double real) {
            return new IValue((double) real);
        }
        if (value instanceof Boolean truth) {
            return new IValue((boolean) truth);
        }
        if (value instanceof String text) {
            return new IValue(text);
        }
        if (value instanceof List<?> list) {
            return list(list, type(list).get().containedType(0));
        }
        if (value instanceof Map<?, ?> map) {
            return dict(map);
        }
        return (IValue) value;
    }

    private static Type.TypePtr type(Object value) {
        return new ScriptTypeParser().parseType(typeName(value));
    }

    private static String typeName(Object value) {
        if (value instanceof List<?> list) {
            return "List[" + (list.isEmpty() ? "Tensor" : typeName(list.get(0))) + "]";
        }
        return value instanceof Long
                ? "int"
                : value instanceof Double
                        ? "float"
                        : value instanceof Boolean ? "bool" : value instanceof String ? "str" : "Tensor";
    }

    private static IValue dict(Map<?, ?> map) {
        IValueVector stack = new IValueVector();
        BoxedOperators.operator("aten::dict", "").getOperation().apply(stack);
        IValue dict = new IValue(stack.get(0));
        if (!map.isEmpty()) {
            Object key = map.keySet().iterator().next();
            dict.toGenericDict().unsafeSetKeyType(type(key));
            dict.toGenericDict().unsafeSetValueType(type(map.get(key)));
            map.forEach((each, value) -> {
                stack.clear();
                stack.push_back(dict).push_back(of(each)).push_back(of(value));
                BoxedOperators.operator("aten::_set_item", typeName(each))
                        .getOperation()
                        .apply(stack);
            });
        }
        return dict;
    }

    static Object toJava(IValue value) {
        if (value.isTensor()) {
            return Adoption.adopt(Presets.share(value.toTensor()));
        }
        if (value.isNone()) {
            return null;
        }
        if (value.isBool()) {
            return value.toBool();
        }
        if (value.isInt()) {
            return value.toInt();
        }
        if (value.isDouble()) {
            return value.toDouble();
        }
        if (value.isString()) {
            return value.toStringRef().getString();
        }
        if (value.isDevice()) {
            return value.toDevice().str().getString();
        }
        if (value.isTuple()) {
            IValueVector elements = value.toTuple().elements().vec();
            List<Object> list = new ArrayList<>();
            for (long i = 0; i < elements.size(); i++) {
                list.add(toJava(elements.get(i)));
            }
            return Collections.unmodifiableList(list);
        }
        if (value.isList()) {
            GenericList elements = value.toList();
            List<Object> list = new ArrayList<>();
            for (long i = 0; i < elements.size(); i++) {
                list.add(toJava(elements.get(i)));
            }
            return list;
        }
        return value.isGenericDict() ? toJava(value.toGenericDict()) : new IValue(value).retainReference();
    }

    private static Map<Object, Object> toJava(GenericDict dict) {
        Map<Object, Object> map = new LinkedHashMap<>();
        GenericDictIterator place = dict.begin();
        for (long i = 0; i < dict.size(); i++) {
            GenericDictEntryRef entry = place.access();
            map.put(toJava(entry.key()), toJava(entry.value()));
            place.increment();
        }
        return map;
    }
}
