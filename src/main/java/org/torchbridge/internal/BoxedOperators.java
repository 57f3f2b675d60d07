package org.torchbridge.internal;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AnyType;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Operator;
import org.bytedeco.pytorch.OperatorName;
import org.bytedeco.pytorch.TagArrayRef;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.TypeKind;

/** The operators that TorchScript knows, by the name of the operator and of the overload. */
public final class BoxedOperators {
    static {
        Presets.load();
    }

    private static final Map<String, Operator> OPERATORS = new ConcurrentHashMap<>();
    private static final Map<String, Boolean> RANDOM = new ConcurrentHashMap<>();

    private BoxedOperators() {}

    /**
     * Calls an operator.
     *
     * @param changed which arguments are lists or dictionaries that the operator changes; these are replaced in {@code
     *     arguments} by what they become
     */
    public static Object[] call(String name, String overload, Object[] arguments, boolean[] changed, HostTypes host) {
        Operator operator = operator(name, overload);
        ScriptValues values = new ScriptValues(host);
        try (PointerScope scope = new PointerScope()) {
            FunctionSchema schema = operator.schema();
            IValue[] given = given(name, schema, arguments, values);
            IValueVector stack = new IValueVector(given);
            if (schema.is_vararg()) {
                stack.push_back(new IValue((long) arguments.length));
            }
            apply(operator, stack);
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = changed[i] ? values.toJava(given[i], null) : arguments[i];
            }
            Object[] results = new Object[(int) stack.size()];
            for (int i = 0; i < results.length; i++) {
                results[i] = values.toJava(stack.get(i), null);
            }
            return results;
        }
    }

    private static IValue[] given(String name, FunctionSchema schema, Object[] arguments, ScriptValues values) {
        Argument declared = NativeSchemas.arguments(schema);
        long count = declared.limit();
        if (arguments.length < count || arguments.length > count && !schema.is_vararg()) {
            throw new IllegalArgumentException(name + " takes " + count + " arguments, given were " + arguments.length);
        }
        IValue[] given = new IValue[arguments.length];
        for (int i = 0; i < given.length; i++) {
            try {
                given[i] = i < count
                        ? value(arguments[i], declared.getPointer(i), values)
                        : values.toScript(arguments[i], any());
            } catch (ScriptValues.Mismatch e) {
                throw new IllegalArgumentException("argument " + i + " of " + name + " " + e.getMessage());
            }
        }
        return given;
    }

    private static IValue value(Object value, Argument declared, ScriptValues values) throws ScriptValues.Mismatch {
        Type type = declared.type().get();
        boolean standsForList = declared.N().has_value() && value != null && !(value instanceof List);
        Object whole = standsForList ? Collections.nCopies(declared.N().get(), value) : value;
        return values.toScript(whole, isOpen(type) ? any() : type);
    }

    /** Whether the type has variables, which stand for what is given. */
    private static boolean isOpen(Type type) {
        if (type.kind().intern() == TypeKind.VarType) {
            return true;
        }
        for (long i = 0; i < type.containedTypeSize(); i++) {
            if (isOpen(type.containedType(i).get())) {
                return true;
            }
        }
        return false;
    }

    private static Type any() {
        return AnyType.get().get();
    }

    private static void apply(Operator operator, IValueVector stack) {
        try {
            operator.getOperation().apply(stack);
        } catch (RuntimeException e) {
            NativeScript.raise(String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Whether the operator draws random numbers. */
    public static boolean isRandom(String name, String overload) {
        return RANDOM.computeIfAbsent(name + "." + overload, key -> isRandom(operator(name, overload)));
    }

    private static boolean isRandom(Operator operator) {
        if (!operator.isC10Op()) {
            return false;
        }
        TagArrayRef tags = operator.getTags();
        for (long i = 0; i < tags.size(); i++) {
            if (tags.at(i).intern() == torch.Tag.nondeterministic_seeded) {
                return true;
            }
        }
        return false;
    }

    private static Operator operator(String name, String overload) {
        return OPERATORS.computeIfAbsent(name + "." + overload, key -> {
            Operator operator = torch.findOperatorFor(new OperatorName(name, overload));
            if (operator.isNull()) {
                throw new IllegalArgumentException("TorchScript has no operator " + key);
            }
            return operator.retainReference();
        });
    }
}
