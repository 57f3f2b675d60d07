package org.torchbridge.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.torchbridge.codegen.Schema;

/** Calls an overload through its generated native method. */
final class NativeCall implements Call {
    private static final long NOT_GIVEN = Long.MIN_VALUE;

    private final Method method;
    private final Schema schema;

    NativeCall(Method method, Schema schema) {
        this.method = method;
        this.schema = schema;
    }

    @Override
    public Snapshot run(List<Object> values, boolean withResults) throws IllegalAccessException {
        List<Object> arguments = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            add(arguments, schema.arguments().get(i).type(), values.get(i));
        }
        adaptToInt(arguments);
        try {
            Object result = method.invoke(null, arguments.toArray());
            List<Object> seen = withResults ? results(result) : new ArrayList<>();
            TensorsOf.each(values, tensor -> Snapshot.add(seen, tensor));
            return Snapshot.of(seen);
        } catch (InvocationTargetException e) {
            return Snapshot.failed(e.getCause().getMessage());
        }
    }

    private static void add(List<Object> arguments, String declared, Object value) {
        boolean optional = declared.endsWith("?");
        String type = declared.replace("?", "").replaceAll("\\[\\d+]", "[]");
        switch (type) {
            case "Tensor", "Generator" -> arguments.add(handle(value));
            case "Tensor[]" -> arguments.add(
                    ((List<?>) value).stream().mapToLong(NativeCall::handle).toArray());
            case "int", "SymInt" -> arguments.add(value == null ? NOT_GIVEN : value);
            case "bool" -> arguments.add(optional ? code(value == null ? null : (Boolean) value ? 1L : 0L) : value);
            case "float" -> {
                if (optional) {
                    arguments.add(value != null);
                }
                arguments.add(value == null ? 0.0 : ((Number) value).doubleValue());
            }
            case "Scalar" -> {
                long[] parts = parts(value);
                arguments.add((int) parts[0]);
                arguments.add(parts[1]);
                arguments.add(parts[2]);
            }
            case "Scalar[]" -> arguments.add(((List<?>) value)
                    .stream()
                            .flatMapToLong(number -> Arrays.stream(parts(number)))
                            .toArray());
            case "ScalarType", "Layout", "MemoryFormat" -> arguments.add(code(value));
            case "Device" -> arguments.add(value == null ? Integer.MIN_VALUE : 0xff00);
            default -> arguments.add(value);
        }
    }

    private static long handle(Object tensor) {
        return tensor == null ? 0 : ((Tensor) tensor).address();
    }

    private static int code(Object value) {
        return value == null ? -1 : ((Long) value).intValue();
    }

    /** Kind, bits and imaginary bits. */
    private static long[] parts(Object number) {
        if (number == null) {
            return new long[] {-1, 0, 0};
        }
        if (number instanceof ArgumentMaker.Complex complex) {
            return new long[] {
                3, Double.doubleToRawLongBits(complex.real()), Double.doubleToRawLongBits(complex.imaginary())
            };
        }
        if (number instanceof Boolean truth) {
            return new long[] {4, truth ? 1 : 0, 0};
        }
        return number instanceof Double real
                ? new long[] {0, Double.doubleToRawLongBits(real), 0}
                : new long[] {1, (Long) number, 0};
    }

    /** A few integers are narrower in C++ than the schema says. */
    private void adaptToInt(List<Object> arguments) {
        Class<?>[] types = method.getParameterTypes();
        for (int i = 0; i < types.length; i++) {
            if (types[i] == int.class && arguments.get(i) instanceof Long wide) {
                arguments.set(i, wide.intValue());
            }
        }
    }

    private List<Object> results(Object result) {
        List<Object> values = new ArrayList<>();
        List<Schema.Result> declared = schema.results();
        if (!(result instanceof long[] words)) {
            addOne(values, declared.get(0).type(), result);
        } else if (declared.size() == 1 && declared.get(0).type().equals("Tensor[]")) {
            for (long handle : words) {
                addTensor(values, handle);
            }
        } else {
            addPacked(values, words);
        }
        return values;
    }

    private static void addOne(List<Object> values, String type, Object result) {
        if (type.equals("Tensor")) {
            addTensor(values, (Long) result);
        } else {
            values.add(result instanceof Integer small ? (Object) small.longValue() : result);
        }
    }

    private void addPacked(List<Object> values, long[] words) {
        int next = 0;
        for (Schema.Result result : schema.results()) {
            switch (result.type()) {
                case "Tensor" -> addTensor(values, words[next++]);
                case "Tensor[]" -> {
                    int length = (int) words[next++];
                    for (int i = 0; i < length; i++) {
                        addTensor(values, words[next++]);
                    }
                }
                case "float" -> values.add(Double.longBitsToDouble(words[next++]));
                case "bool" -> values.add(words[next++] != 0);
                case "Scalar" -> {
                    values.add(number((int) words[next], words[next + 1], words[next + 2]));
                    next += 3;
                }
                default -> values.add(words[next++]);
            }
        }
    }

    private static Object number(int kind, long bits, long imaginary) {
        return switch (kind) {
            case 0 -> Double.longBitsToDouble(bits);
            case 3 -> new ArgumentMaker.Complex(Double.longBitsToDouble(bits), Double.longBitsToDouble(imaginary));
            case 4 -> bits != 0;
            default -> bits;
        };
    }

    private static void addTensor(List<Object> values, long handle) {
        if (handle == 0) {
            values.add("undefined");
            return;
        }
        try {
            Snapshot.add(values, Presets.tensor(handle));
        } finally {
            NativeTensor.delete(handle);
        }
    }
}
