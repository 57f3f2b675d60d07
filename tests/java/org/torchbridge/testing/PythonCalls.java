package org.torchbridge.testing;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Torch;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Init;
import org.torchbridge.nn.utils.Fusion;
import org.torchbridge.nn.utils.Parametrizations;
import org.torchbridge.nn.utils.Parametrize;
import org.torchbridge.nn.utils.Prune;
import org.torchbridge.nn.utils.Rnn;
import org.torchbridge.nn.utils.SpectralNorm;
import org.torchbridge.nn.utils.WeightNorm;
import org.torchbridge.vision.Ops;

/**
 * What Python's names mean in Java: {@code torch.x} is {@link Torch}'s, {@code F.x} {@link Functional}'s, {@code init.x}
 * {@link Init}'s method, {@code ops.x} {@link Ops}'s, {@code nn.X} and {@code optim.X} are constructors; an object is called through its method
 * {@code call}. Names in snake case are in camel case here.
 */
final class PythonCalls {
    private static final String ROOT = "org.torchbridge.";

    /** Python's modules whose classes are a package of Java's. */
    private static final Map<String, String> PACKAGES = Map.of(
            "torch", "org.torchbridge",
            "torch.nn", ROOT + "nn",
            "torch.nn.utils", ROOT + "nn.utils",
            "torch.optim", ROOT + "optim",
            "torch.optim.lr_scheduler", ROOT + "optim.lr",
            "torchvision.ops", ROOT + "vision.ops");

    /** Python's modules whose functions are the static methods of a class. */
    private static final Map<String, Class<?>> FUNCTIONS = Map.of(
            "torch", Torch.class,
            "torch.nn.functional", Functional.class,
            "torch.nn.init", Init.class,
            "torch.nn.utils.rnn", Rnn.class,
            "torch.nn.utils.parametrize", Parametrize.class,
            "torch.nn.utils.parametrizations", Parametrizations.class,
            "torch.nn.utils.prune", Prune.class,
            "torchvision.ops", Ops.class);

    /** The functions of {@code torch.nn.utils} itself are in several classes. */
    private static final List<Class<?>> UTILS = List.of(WeightNorm.class, SpectralNorm.class, Fusion.class);

    private static final Map<String, String> SHORT_NAMES = Map.of(
            "torch", "torch",
            "nn", "torch.nn",
            "F", "torch.nn.functional",
            "init", "torch.nn.init",
            "optim", "torch.optim",
            "ops", "torchvision.ops");

    private record PythonModule(String name) {}

    private record StaticMethod(Class<?> owner, String name) {}

    private record BoundMethod(Object object, String name) {}

    private PythonCalls() {}

    /** What a name is that no variable has. */
    static Object name(String word) {
        if (word.equals("float")) {
            return new StaticMethod(Double.class, "parse_double");
        }
        if (!SHORT_NAMES.containsKey(word)) {
            throw new IllegalArgumentException("there is no name '" + word + "'");
        }
        return new PythonModule(SHORT_NAMES.get(word));
    }

    static Object attribute(@Nullable Object of, String name) {
        if (of instanceof PythonModule module) {
            return member(module.name, name);
        }
        if (of instanceof Class<?> type) {
            return Stream.of(type.getClasses())
                    .filter(nested -> nested.getSimpleName().equals(name))
                    .findFirst()
                    .map(Object.class::cast)
                    .orElse(new StaticMethod(type, name));
        }
        return new BoundMethod(of, name);
    }

    /** The value of an expression: an attribute that is not called is a property, a method without parameters. */
    static @Nullable Object value(@Nullable Object expression) {
        return expression instanceof BoundMethod property ? call(property, List.of(), Map.of()) : expression;
    }

    static @Nullable Object call(@Nullable Object called, List<Object> positional, Map<String, Object> keywords) {
        if (called instanceof Class<?> type) {
            return bound(type, Arrays.asList(type.getConstructors()), null, positional, keywords);
        }
        if (called instanceof StaticMethod method) {
            // A list is a list of numbers here, never one of Java's arrays.
            if (method.owner == Torch.class && method.name.equals("tensor")) {
                return keywords.containsKey("dtype")
                        ? Torch.tensor(positional.get(0), (DType) keywords.get("dtype"))
                        : Torch.tensor(positional.get(0));
            }
            if (method.owner == Double.class) {
                return parse((String) positional.get(0));
            }
            return bound(method.owner, methods(method.owner, method.name), null, positional, keywords);
        }
        if (called instanceof BoundMethod method) {
            Class<?> type = method.object.getClass();
            return bound(type, methods(type, method.name), method.object, positional, keywords);
        }
        Class<?> type = called.getClass();
        return bound(type, methods(type, "call"), called, positional, keywords);
    }

    /** The parts of a record. */
    static List<Object> components(Object record) {
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            values.add(invoke(component.getAccessor(), record));
        }
        return values;
    }

    /** {@code log_softmax} is {@code logSoftmax}; underscores at the ends stay. */
    static String camelCase(String name) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            boolean joins = name.charAt(i) == '_' && i > 0 && i < name.length() - 1;
            if (joins) {
                i++;
            }
            char c = name.charAt(i);
            result.append(joins ? Character.toUpperCase(c) : c);
        }
        return result.toString();
    }

    private static double parse(String text) {
        return text.endsWith("inf")
                ? text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY
                : Double.parseDouble(text);
    }

    private static Object member(String module, String name) {
        String path = module + "." + name;
        if (PACKAGES.containsKey(path) || FUNCTIONS.containsKey(path)) {
            return new PythonModule(path);
        }
        if (module.equals("torch")) {
            for (DType dtype : DType.values()) {
                if (dtype.name().equalsIgnoreCase(name)) {
                    return dtype;
                }
            }
        }
        if (PACKAGES.containsKey(module) && Character.isUpperCase(name.charAt(0))) {
            try {
                return Class.forName(PACKAGES.get(module) + "." + name);
            } catch (ClassNotFoundException e) {
                throw new IllegalArgumentException("there is no class for " + path, e);
            }
        }
        return new StaticMethod(module.equals("torch.nn.utils") ? utils(name) : FUNCTIONS.get(module), name);
    }

    private static Class<?> utils(String function) {
        return UTILS.stream()
                .filter(type -> !methods(type, function).isEmpty())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no torch.nn.utils." + function));
    }

    private static List<Method> methods(Class<?> type, String name) {
        String javaName = camelCase(name);
        return Stream.of(type.getMethods())
                .filter(method -> method.getName().equals(javaName) && !method.isBridge())
                .collect(Collectors.toList());
    }

    private static @Nullable Object bound(
            Class<?> owner,
            List<? extends Executable> candidates,
            @Nullable Object target,
            List<Object> positional,
            Map<String, Object> keywords) {
        PythonBinding best = null;
        for (Executable candidate : candidates) {
            PythonBinding binding = PythonBinding.of(owner, candidate, positional, keywords);
            if (binding != null && (best == null || binding.cost() < best.cost())) {
                best = binding;
            }
        }
        if (best == null) {
            throw new IllegalArgumentException(owner.getSimpleName() + " has nothing that takes "
                    + positional.stream().map(PythonCalls::describe).toList() + " and " + keywords.keySet()
                    + "; it has " + candidates);
        }
        return invoke(best.executable(), target, best.arguments());
    }

    private static String describe(@Nullable Object value) {
        return value == null ? "None" : value.getClass().getSimpleName();
    }

    static @Nullable Object invoke(Executable executable, @Nullable Object target, Object... arguments) {
        try {
            executable.setAccessible(true);
            return executable instanceof Constructor<?> constructor
                    ? constructor.newInstance(arguments)
                    : ((Method) executable).invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
