package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueOptional;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OperatorName;
import org.bytedeco.pytorch.RegistrationHandleRAII;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * An operator of libtorch's dispatcher whose kernel is Java's. It is there for good: programs that were compiled with it
 * have a plain pointer to it. What it runs comes and goes.
 */
public final class JavaOperator implements OperatorKernel {
    /** What an operator runs. */
    @FunctionalInterface
    public interface Body {
        /** The result; a list for several. */
        @Nullable
        Object run(List<@Nullable Object> arguments) throws Exception;
    }

    private static final Map<String, JavaOperator> DEFINED = new HashMap<>();

    /** Destroying one would destroy the operator. */
    private static final List<RegistrationHandleRAII> REGISTRATIONS = new ArrayList<>();

    static {
        Presets.load();
    }

    private final String name;
    private final String schema;
    private final OperatorHandle handle;
    private final List<String> argumentNames = new ArrayList<>();
    private final List<Type> argumentTypes = new ArrayList<>();
    private final List<Type> resultTypes = new ArrayList<>();
    private final ScriptValues values;
    private volatile @Nullable Body body;

    private JavaOperator(String name, FunctionSchema parsed, HostTypes host) {
        this.name = name;
        this.values = new ScriptValues(host);
        RegistrationHandleRAII registration = Dispatcher.singleton().registerDef(parsed, "Java");
        registration.retainReference();
        REGISTRATIONS.add(registration);
        OperatorName operator = parsed.operator_name();
        this.handle = new OperatorHandle(Dispatcher.singleton().findOp(operator).get());
        handle.retainReference();
        // Libtorch's copy of the schema: it stays, and so do the types in it.
        FunctionSchema kept = handle.schema();
        this.schema = torch.toString(kept).getString();
        for (Argument argument : elements(NativeSchemas.arguments(kept))) {
            argumentNames.add(argument.name().getString());
            argumentTypes.add(argument.type().get());
        }
        for (Argument result : elements(NativeSchemas.results(kept))) {
            resultTypes.add(result.type().get());
        }
        NativeKernel.register(operator.name().getString(), ScriptText.of(operator.overload_name()), this);
    }

    /**
     * The operator of a schema, which runs nothing yet unless it was defined before.
     *
     * @throws IllegalArgumentException if the schema cannot be read
     * @throws IllegalStateException if there is an operator of its name with another schema
     */
    public static synchronized JavaOperator define(String text, HostTypes host) {
        try (PointerScope scope = new PointerScope()) {
            return define(parse(text), host);
        }
    }

    private static JavaOperator define(FunctionSchema schema, HostTypes host) {
        String name = torch.toString(schema.operator_name()).getString();
        JavaOperator known = DEFINED.get(name);
        if (known == null) {
            if (Dispatcher.singleton().findOp(schema.operator_name()).has_value()
                    || torch.findOperatorFor(schema.operator_name()) != null) {
                throw new IllegalStateException(
                        "libtorch has an operator " + name + " already; give yours another name");
            }
            known = new JavaOperator(name, schema, host);
            DEFINED.put(name, known);
        } else if (!known.schema.equals(torch.toString(schema).getString())) {
            throw new IllegalStateException(name + " was registered before, as " + known.schema
                    + ". Programs may still hold on to that; give an operator with another schema another name");
        }
        return known;
    }

    private static FunctionSchema parse(String text) {
        FunctionSchema schema;
        try {
            schema = torch.parseSchema(text, false);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the schema cannot be read: " + ScriptSource.forPeople(e.getMessage()), e);
        }
        if (!schema.name().getString().contains("::") || schema.is_vararg() || schema.is_varret()) {
            throw new IllegalArgumentException(
                    "the schema is " + text + "; one such as \"mylib::name(Tensor x) -> Tensor\""
                            + " is expected, with a namespace and without \"...\"");
        }
        // Nothing but its effect tells why an operator without results is called; the others are as their schema says.
        boolean hasResults = NativeSchemas.results(schema).limit() > 0;
        schema.setAliasAnalysis(
                hasResults ? torch.AliasAnalysisKind.FROM_SCHEMA : torch.AliasAnalysisKind.CONSERVATIVE);
        return schema;
    }

    private static List<Argument> elements(Argument array) {
        List<Argument> elements = new ArrayList<>();
        for (long i = 0; i < array.limit(); i++) {
            elements.add(array.getPointer(i));
        }
        return elements;
    }

    /** Gives the operator something to run. */
    public synchronized void open(Body opened) {
        if (body != null) {
            throw new IllegalStateException(name + " is registered already");
        }
        body = opened;
    }

    /** Takes {@code closed} away, if that is what the operator runs. */
    public synchronized void close(Body closed) {
        if (body == closed) {
            body = null;
        }
    }

    public String name() {
        return name;
    }

    public String schema() {
        return schema;
    }

    public List<String> argumentNames() {
        return argumentNames;
    }

    /** Whether argument {@code index} is a list of tensors. */
    public boolean takesTensorList(int index) {
        return argumentTypes.get(index).str().getString().matches("Tensor\\??\\[\\].*");
    }

    /** Calls the operator through the dispatcher; the results are in the list. */
    public List<@Nullable Object> call(@Nullable Object... arguments) {
        int count = argumentTypes.size();
        if (arguments.length > count) {
            throw new IllegalArgumentException(
                    arguments.length + " arguments were given to " + schema + ", which takes " + count);
        }
        try (PointerScope scope = new PointerScope()) {
            IValueVector stack = new IValueVector();
            for (int i = 0; i < count; i++) {
                String place = "argument " + argumentNames.get(i);
                stack.push_back(
                        i < arguments.length ? toScript(arguments[i], argumentTypes.get(i), place) : byDefault(i));
            }
            handle.callBoxed(stack);
            return toJava(stack, resultTypes);
        } catch (RuntimeException e) {
            throw ScriptObject.translated(e);
        }
    }

    private IValue byDefault(int index) {
        IValueOptional value =
                NativeSchemas.arguments(handle.schema()).getPointer(index).default_value();
        if (!value.has_value()) {
            throw new IllegalArgumentException(
                    "argument " + argumentNames.get(index) + " of " + schema + " is missing, and has no default");
        }
        return value.get();
    }

    @Override
    public void run(long address) throws Exception {
        Body current = body;
        if (current == null) {
            throw new IllegalStateException("the operator has been closed");
        }
        Object result = current.run(popped(address));
        try (PointerScope scope = new PointerScope()) {
            push(new IValueVector(Presets.borrowed(address)), result);
        }
    }

    private List<@Nullable Object> popped(long address) {
        try (PointerScope scope = new PointerScope()) {
            IValueVector stack = new IValueVector(Presets.borrowed(address));
            List<@Nullable Object> arguments = toJava(stack, argumentTypes);
            stack.resize(stack.size() - argumentTypes.size());
            return arguments;
        }
    }

    private void push(IValueVector stack, @Nullable Object result) {
        int count = resultTypes.size();
        if (count == 1) {
            stack.push_back(toScript(result, resultTypes.get(0), "the result"));
        } else if (count > 1) {
            List<?> results = result instanceof List<?> list ? list : List.of();
            if (results.size() != count) {
                throw new IllegalArgumentException(
                        "the result of " + name + " is " + result + "; a list of " + count + " is expected");
            }
            for (int i = 0; i < count; i++) {
                stack.push_back(toScript(results.get(i), resultTypes.get(i), "result " + i));
            }
        }
    }

    /** The values at the end of the stack. */
    private List<@Nullable Object> toJava(IValueVector stack, List<Type> types) {
        long start = stack.size() - types.size();
        List<@Nullable Object> result = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            result.add(values.toJava(stack.get(start + i), types.get(i)));
        }
        return result;
    }

    private IValue toScript(@Nullable Object value, Type type, String place) {
        try {
            return values.toScript(value, type);
        } catch (ScriptValues.Mismatch e) {
            throw new IllegalArgumentException(place + " of " + name + " " + e.getMessage(), e);
        }
    }

    @Override
    public String describe(Throwable failure) {
        return KernelFailures.keep(name, failure);
    }
}
