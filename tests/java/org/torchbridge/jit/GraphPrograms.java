package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Scalar;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The programs that tests/python/make_graph_programs.py made, with what they give for some arguments. */
final class GraphPrograms {
    private static final Path FOLDER = Path.of("tests/resources/graph");

    private GraphPrograms() {}

    /** The arguments of a call, and what Python made of them. */
    record Call(Object[] arguments, Object result) {}

    static Stream<String> names() {
        return calls().keySet().stream().map(Object::toString);
    }

    static ScriptModule load(String name) {
        return ScriptModule.load(FOLDER.resolve(name + ".pt"));
    }

    static Path path(String name) {
        return FOLDER.resolve(name + ".pt");
    }

    static List<Call> calls(String name) {
        return ((List<?>) calls().get(name)).stream().map(GraphPrograms::call).toList();
    }

    private static Map<?, ?> calls() {
        return (Map<?, ?>) Torch.load(FOLDER.resolve("programs.pth")).value();
    }

    private static Call call(Object pair) {
        List<?> parts = (List<?>) pair;
        return new Call(((List<?>) parts.get(0)).toArray(), parts.get(1));
    }

    /** Runs all calls of a program on a module, one after the other, and compares with Python. */
    static void check(String name, ScriptModule module) {
        for (Call call : calls(name)) {
            assertSame(call.result(), module.run("forward", call.arguments()));
        }
    }

    static void assertSame(@Nullable Object expected, @Nullable Object actual) {
        if (expected instanceof Tensor tensor) {
            assertSameTensor(tensor, (Tensor) actual);
        } else if (expected instanceof List<?> list && actual instanceof Scalar number) {
            assertThat(List.of(number.real(), number.imaginary())).isEqualTo(list);
        } else if (expected instanceof List<?> list) {
            assertThat((List<?>) actual).hasSameSizeAs(list);
            for (int i = 0; i < list.size(); i++) {
                assertSame(list.get(i), ((List<?>) actual).get(i));
            }
        } else if (expected instanceof Map<?, ?> map) {
            assertThat(((Map<?, ?>) actual).keySet()).isEqualTo(map.keySet());
            map.forEach((key, value) -> assertSame(value, ((Map<?, ?>) actual).get(key)));
        } else if (actual instanceof Device device) {
            assertThat(device).hasToString((String) expected);
        } else {
            assertThat(actual).isEqualTo(expected);
        }
    }

    private static void assertSameTensor(Tensor expected, Tensor actual) {
        assertThat(actual.dtype()).isEqualTo(expected.dtype());
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double[] wanted = expected.detach().to(DType.FLOAT64).flatten().toDoubleArray();
        double[] given = actual.detach().to(DType.FLOAT64).flatten().toDoubleArray();
        assertThat(given)
                .as(Arrays.toString(given))
                .usingComparatorWithPrecision(1e-5)
                .containsExactly(wanted);
    }
}
