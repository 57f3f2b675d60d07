package org.torchbridge.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.AliasInfoOptional;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueOptional;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.IntOptional;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch.TypeKind;
import org.jspecify.annotations.Nullable;

/** A method of a TorchScript class, or a function: what it takes, and how it is called. */
final class ScriptMethod {
    private final Function function;
    private final FunctionSchema schema;
    private final Argument arguments;
    private final @Nullable String owner;
    /** The first argument after {@code self}. */
    private final int first;

    ScriptMethod(Function function, String owner) {
        this.function = function;
        this.schema = function.getSchema();
        this.arguments = NativeSchemas.arguments(schema);
        this.owner = owner;
        this.first = 1;
    }

    /** A function, which belongs to no class. */
    ScriptMethod(Function function) {
        this.function = function;
        this.schema = function.getSchema();
        this.arguments = NativeSchemas.arguments(schema);
        this.owner = null;
        this.first = 0;
    }

    long address() {
        return function.address();
    }

    String name() {
        return ScriptText.of(function.name());
    }

    /** As Python writes it: {@code forward(Tensor x, int n=3) -> Tensor}. */
    String text() {
        List<String> arguments = new ArrayList<>();
        for (long i = first; i < count(); i++) {
            Argument argument = argument(i);
            String value = argument.default_value().has_value() ? "=" + defaultText(argument) : "";
            arguments.add(annotation(argument) + " " + ScriptText.of(argument.name()) + value);
        }
        return name() + "(" + String.join(", ", arguments) + ") -> "
                + ScriptText.of(returned().annotation_str());
    }

    /** What arguments are that are left out, by their numbers. */
    Map<Integer, @Nullable Object> defaults(HostTypes host) {
        Map<Integer, Object> defaults = new LinkedHashMap<>();
        for (int i = 0; i < count(); i++) {
            IValueOptional value = argument(i).default_value();
            if (value.has_value()) {
                Type type = argument(i).type().get();
                defaults.put(i, new ScriptValues(host).toJava(value.get(), type));
            }
        }
        return defaults;
    }

    /** The schema with values for arguments that are left out, by their numbers. */
    static FunctionSchema withDefaults(FunctionSchema schema, Map<Integer, IValue> defaults) {
        Argument old = NativeSchemas.arguments(schema);
        long count = old.limit();
        Argument arguments = new Argument(count);
        for (int i = 0; i < count; i++) {
            Argument argument = old.getPointer(i);
            IValue value = defaults.get(i);
            arguments
                    .getPointer(i)
                    .put(
                            value == null
                                    ? argument
                                    : new Argument(
                                            argument.name(),
                                            argument.type(),
                                            new IntOptional(),
                                            new IValueOptional(value),
                                            false,
                                            new AliasInfoOptional()));
        }
        return schema.cloneWithArguments(arguments.limit(count));
    }

    /** Whether it takes one tensor, and nothing else, and makes one. */
    boolean isLayer() {
        return count() == 2 && isTensor(argument(1).type().get()) && isTensor(returned());
    }

    /** Whether it can be called with that many arguments, a method's module apart. */
    boolean takes(long arguments) {
        long next = first + arguments;
        return next <= count()
                && (next == count() || argument(next).default_value().has_value());
    }

    /** Runs it, a method on a module or another object. */
    @Nullable
    Object run(
            @Nullable IValue self,
            List<? extends @Nullable Object> arguments,
            Map<String, ? extends @Nullable Object> named,
            HostTypes host,
            boolean profiling) {
        ScriptValues values = new ScriptValues(host);
        requireKnown(arguments, named);
        IValueVector stack = new IValueVector();
        if (self != null) {
            stack.push_back(self);
        }
        for (int i = first; i < count(); i++) {
            stack.push_back(value(argument(i), i - first, arguments, named, values));
        }
        NativeScript.run(address(), stack.address(), profiling);
        return values.toJava(stack.get(0), returned());
    }

    private void requireKnown(List<?> arguments, Map<String, ?> named) {
        if (arguments.size() > count() - first) {
            throw new IllegalArgumentException(
                    where() + " was given " + arguments.size() + " arguments; " + text() + " is expected");
        }
        for (String name : named.keySet()) {
            int index = index(name);
            if (index < 0) {
                throw new IllegalArgumentException(where() + " has no argument '" + name + "'; it is " + text());
            } else if (index - first < arguments.size()) {
                throw new IllegalArgumentException(where() + " was given its argument '" + name + "' twice");
            }
        }
    }

    private int index(String name) {
        for (int i = first; i < count(); i++) {
            if (ScriptText.of(argument(i).name()).equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private IValue value(Argument argument, int index, List<?> arguments, Map<String, ?> named, ScriptValues values) {
        String name = ScriptText.of(argument.name());
        if (index >= arguments.size() && !named.containsKey(name)) {
            if (!argument.default_value().has_value()) {
                throw new IllegalArgumentException(
                        where() + " was not given its argument '" + name + "'; it is " + text());
            }
            return argument.default_value().get();
        }
        try {
            return values.toScript(
                    index < arguments.size() ? arguments.get(index) : named.get(name),
                    argument.type().get());
        } catch (ScriptValues.Mismatch e) {
            throw new IllegalArgumentException(
                    "the argument '" + name + "' of " + where() + " " + e.getMessage() + ". It is " + text());
        }
    }

    private String where() {
        return owner == null ? "the function '" + name() + "'" : "the method '" + name() + "' of " + owner;
    }

    private long count() {
        return arguments.limit();
    }

    private Argument argument(long index) {
        return arguments.getPointer(index);
    }

    Type.TypePtr taken(long index) {
        return argument(index).type();
    }

    Type returned() {
        return NativeSchemas.results(schema).getPointer(0).type().get();
    }

    private static boolean isTensor(Type type) {
        return type.kind().intern() == TypeKind.TensorType;
    }

    private static String annotation(Argument argument) {
        return ScriptText.of(argument.type().get().annotation_str());
    }

    private static String defaultText(Argument argument) {
        IValue value = argument.default_value().get();
        if (value.isNone()) {
            return "None";
        } else if (value.isBool()) {
            return value.toBool() ? "True" : "False";
        } else if (value.isInt()) {
            return Long.toString(value.toInt());
        } else if (value.isDouble()) {
            return Double.toString(value.toDouble());
        }
        return value.isString() ? "\"" + ScriptText.of(value.toStringRef()) + "\"" : "...";
    }
}
