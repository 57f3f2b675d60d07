package org.torchbridge.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Generator;
import org.torchbridge.Layout;
import org.torchbridge.MemoryFormat;
import org.torchbridge.QScheme;
import org.torchbridge.Scalar;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOperators;
import org.torchbridge.TensorOptions;
import org.torchbridge.TorchOperators;
import org.torchbridge.codegen.Schema;

/** Calls an overload through its public method with all parameters: a function of {@code Torch} or one of {@code Tensor}. */
final class PublicCall implements Call {
    private static final List<String> OPTIONS = List.of("dtype", "layout", "device", "pin_memory");

    private final Method method;
    private final Schema schema;
    private final boolean isFunction;

    private PublicCall(Method method, Schema schema, boolean isFunction) {
        this.method = method;
        this.schema = schema;
        this.isFunction = isFunction;
    }

    /** The overload as a function and as a method, as far as it is one. */
    static List<PublicCall> of(Schema schema) {
        List<PublicCall> calls = new ArrayList<>();
        if (schema.isOutVariant()) {
            return calls;
        }
        Class<?>[] types = parameterTypes(schema);
        String name = Schema.camelCase(schema.name());
        for (Method method : TorchOperators.class.getDeclaredMethods()) {
            if (method.getName().equals(name) && matches(method, types)) {
                calls.add(new PublicCall(method, schema, true));
            }
        }
        boolean hasSelf = types.length > 0 && types[0] == Tensor.class;
        for (Method method : TensorOperators.class.getDeclaredMethods()) {
            if (hasSelf
                    && method.getName().equals(name)
                    && matches(method, Arrays.copyOfRange(types, 1, types.length))) {
                calls.add(new PublicCall(method, schema, false));
            }
        }
        return calls;
    }

    Method method() {
        return method;
    }

    private static boolean matches(Method method, Class<?>[] types) {
        return Arrays.equals(method.getParameterTypes(), types);
    }

    // ---- parameters

    private static boolean areOptions(Schema schema, int from) {
        List<Schema.Argument> arguments = schema.arguments();
        return from + OPTIONS.size() <= arguments.size()
                && arguments.subList(from, from + OPTIONS.size()).stream()
                        .map(Schema.Argument::name)
                        .toList()
                        .equals(OPTIONS);
    }

    private static Class<?>[] parameterTypes(Schema schema) {
        List<Class<?>> types = new ArrayList<>();
        for (int i = 0; i < schema.arguments().size(); i++) {
            if (areOptions(schema, i)) {
                types.add(TensorOptions.class);
                i += OPTIONS.size() - 1;
            } else {
                types.add(parameterType(schema.arguments().get(i).type()));
            }
        }
        return types.toArray(Class<?>[]::new);
    }

    private static Class<?> parameterType(String declared) {
        boolean optional = declared.endsWith("?");
        String type = declared.replaceAll("\\?$", "").replaceAll("\\[\\d+]", "[]");
        return switch (type) {
            case "Tensor" -> Tensor.class;
            case "Generator" -> Generator.class;
            case "Tensor[]", "Tensor?[]" -> List.class;
            case "Scalar[]" -> Number[].class;
            case "int", "SymInt" -> optional ? Number.class : long.class;
            case "float" -> optional ? Number.class : double.class;
            case "Scalar" -> Number.class;
            case "bool" -> optional ? Boolean.class : boolean.class;
            case "int[]", "SymInt[]" -> long[].class;
            case "float[]" -> double[].class;
            case "bool[]" -> boolean[].class;
            case "str" -> String.class;
            case "str[]" -> String[].class;
            case "ScalarType" -> DType.class;
            case "Layout" -> Layout.class;
            case "MemoryFormat" -> MemoryFormat.class;
            case "Device" -> Device.class;
            default -> Void.class;
        };
    }

    private static Object argument(String type, Object value) {
        if (value instanceof org.bytedeco.pytorch.Tensor tensor) {
            return Tensor.wrap(tensor);
        }
        if (value instanceof List<?> list && type.equals("Scalar[]")) {
            return list.stream().map(PublicCall::number).toArray(Number[]::new);
        }
        if (value instanceof List<?> list) {
            List<Object> elements = new ArrayList<>();
            list.forEach(element -> elements.add(argument(type.substring(0, type.length() - 2), element)));
            return elements;
        }
        if (value == null) {
            return null;
        }
        return switch (type.replace("?", "")) {
            case "Scalar" -> number(value);
            case "ScalarType" -> DType.of(((Long) value).intValue());
            case "Layout" -> Layout.values()[((Long) value).intValue()];
            case "MemoryFormat" -> MemoryFormat.values()[((Long) value).intValue()];
            case "Device" -> Device.CPU;
            default -> value;
        };
    }

    private static Number number(Object value) {
        if (value instanceof Boolean truth) {
            return Scalar.of(truth);
        }
        return value instanceof ArgumentMaker.Complex complex
                ? Scalar.complex(complex.real(), complex.imaginary())
                : (Number) value;
    }

    private List<Object> arguments(List<Object> values) {
        List<Object> arguments = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            if (areOptions(schema, i)) {
                arguments.add(new TensorOptions(
                        (DType) argument("ScalarType", values.get(i)),
                        (Layout) argument("Layout", values.get(i + 1)),
                        (Device) argument("Device", values.get(i + 2)),
                        (Boolean) values.get(i + 3)));
                i += OPTIONS.size() - 1;
            } else {
                arguments.add(argument(schema.arguments().get(i).type(), values.get(i)));
            }
        }
        return arguments;
    }

    // ---- the call

    @Override
    public Snapshot run(List<Object> values, boolean withResults) throws IllegalAccessException {
        try (Scope scope = Scope.open()) {
            List<Object> arguments = arguments(values);
            Object self = isFunction ? null : arguments.remove(0);
            Object result = method.invoke(self, arguments.toArray());
            List<Object> seen = new ArrayList<>();
            if (withResults && method.getReturnType() != void.class) {
                addResult(seen, result);
            }
            TensorsOf.each(values, tensor -> Snapshot.add(seen, tensor));
            return Snapshot.of(seen);
        } catch (InvocationTargetException e) {
            return Snapshot.failed(e.getCause().getMessage());
        }
    }

    private static void addResult(List<Object> seen, Object result) throws IllegalAccessException {
        if (result == null) {
            seen.add("undefined");
        } else if (result instanceof Tensor tensor) {
            Snapshot.add(seen, tensor.unwrap());
        } else if (result instanceof List<?> list) {
            for (Object element : list) {
                addResult(seen, element);
            }
        } else if (result instanceof Record components) {
            addComponents(seen, components);
        } else if (result instanceof DType type) {
            seen.add((long) type.code());
        } else if (result instanceof QScheme scheme) {
            seen.add((long) scheme.ordinal());
        } else {
            seen.add(result instanceof Scalar scalar ? plain(scalar) : result);
        }
    }

    private static void addComponents(List<Object> seen, Record components) throws IllegalAccessException {
        for (RecordComponent component : components.getClass().getRecordComponents()) {
            try {
                addResult(seen, component.getAccessor().invoke(components));
            } catch (InvocationTargetException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static Object plain(Scalar scalar) {
        if (scalar.isComplex()) {
            return new ArgumentMaker.Complex(scalar.real(), scalar.imaginary());
        }
        if (scalar.isBoolean()) {
            return scalar.booleanValue();
        }
        return scalar.isFloatingPoint() ? (Object) scalar.doubleValue() : (Object) scalar.longValue();
    }
}
