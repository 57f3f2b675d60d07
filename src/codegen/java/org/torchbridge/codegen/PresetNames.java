package org.torchbridge.codegen;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which operators PyTorch has as methods of a tensor and which as functions. The schemas do not say; the JavaCPP Presets
 * follow the C++ headers, which do.
 */
record PresetNames(Set<String> methods, Set<String> functions) {

    static PresetNames read() {
        Set<String> methods = names("org.bytedeco.pytorch.Tensor", false);
        methods.addAll(names("org.bytedeco.pytorch.TensorBase", false));
        return new PresetNames(methods, names("org.bytedeco.pytorch.global.torch", true));
    }

    boolean isMethod(String operator) {
        return methods.contains(operator);
    }

    boolean isFunction(String operator) {
        return functions.contains(operator);
    }

    private static Set<String> names(String className, boolean isStatic) {
        try {
            Class<?> type = Class.forName(className, false, PresetNames.class.getClassLoader());
            return Stream.of(type.getDeclaredMethods())
                    .filter(method -> Modifier.isStatic(method.getModifiers()) == isStatic)
                    .map(Method::getName)
                    .collect(Collectors.toSet());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("the JavaCPP Presets are not on the class path", e);
        }
    }
}
