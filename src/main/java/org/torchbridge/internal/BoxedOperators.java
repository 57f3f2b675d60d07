package org.torchbridge.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Operator;
import org.bytedeco.pytorch.OperatorName;
import org.bytedeco.pytorch.TagArrayRef;
import org.bytedeco.pytorch.global.torch;

/** The operators that TorchScript knows, by the name of the operator and of the overload. */
public final class BoxedOperators {
    static {
        Presets.load();
    }

    private static final Map<String, Operator> OPERATORS = new ConcurrentHashMap<>();

    private BoxedOperators() {}

    /**
     * Calls an operator on values as {@link IValues} takes and gives them.
     *
     * @param changed which arguments are lists or dictionaries that the operator changes; these are replaced in {@code
     *     arguments} by what they become
     */
    public static Object[] call(String name, String overload, Object[] arguments, boolean[] changed) {
        Operator operator = operator(name, overload);
        try (PointerScope scope = new PointerScope()) {
            FunctionSchema schema = operator.schema();
            Argument declared = schema.arguments();
            if (arguments.length < declared.limit() || arguments.length > declared.limit() && !schema.is_vararg()) {
                throw new IllegalArgumentException(
                        name + " takes " + declared.limit() + " arguments, given were " + arguments.length);
            }
            IValueVector stack = new IValueVector();
            IValue[] given = new IValue[arguments.length];
            for (int i = 0; i < arguments.length; i++) {
                given[i] = i < declared.limit()
                        ? argument(arguments[i], declared.getPointer(i))
                        : IValues.of(arguments[i]);
                stack.push_back(given[i]);
            }
            if (schema.is_vararg()) {
                stack.push_back(new IValue((long) arguments.length));
            }
            operator.getOperation().apply(stack);
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = changed[i] ? IValues.toJava(given[i]) : arguments[i];
            }
            Object[] results = new Object[(int) stack.size()];
            for (int i = 0; i < results.length; i++) {
                results[i] = IValues.toJava(stack.get(i));
            }
            return results;
        }
    }

    private static IValue argument(Object value, Argument declared) {
        int length = declared.N().has_value() ? declared.N().get() : 1;
        return IValues.of(value, declared.type().get(), length);
    }

    /** Whether the operator draws random numbers. */
    public static boolean isRandom(String name, String overload) {
        Operator operator = operator(name, overload);
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

    static Operator operator(String name, String overload) {
        return OPERATORS.computeIfAbsent(name + "." + overload, key -> {
            Operator operator = torch.findOperatorFor(new OperatorName(name, overload));
            if (operator.isNull()) {
                throw new IllegalArgumentException("TorchScript has no operator " + key);
            }
            return operator.retainReference();
        });
    }
}
