package org.torchbridge.jit;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.torchbridge.Tensor;
import org.torchbridge.nn.Module;

/** The names of a traced program's inputs: those that forward has for them, where the class file knows. */
final class InputNames {
    private InputNames() {}

    static List<String> of(Module module, int count) {
        return new ArrayList<>(ofForward(module.getClass(), count).orElseGet(() -> numbered(count)));
    }

    private static Optional<List<String>> ofForward(Class<?> type, int count) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals("forward") && takes(method, count))
                .map(InputNames::parameters)
                .findFirst();
    }

    private static boolean takes(Method method, int count) {
        return !method.isBridge()
                && method.getParameterCount() == count
                && Arrays.stream(method.getParameters())
                        .allMatch(each -> each.getType() == Tensor.class && each.isNamePresent());
    }

    private static List<String> parameters(Method method) {
        return Arrays.stream(method.getParameters())
                .map(each -> each.getName().replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT))
                .toList();
    }

    private static List<String> numbered(int count) {
        return count == 1
                ? List.of("input")
                : IntStream.range(0, count).mapToObj(i -> "input_" + i).toList();
    }
}
