package org.torchbridge.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Module;

/**
 * A small program and what it does in Python: a row of the files that tests/python/golden.py writes. {@link #verify} runs
 * it here and compares.
 */
public final class GoldenRow {
    private static final long SEED = 7;
    private static final double TOLERANCE = 1e-6;

    private final String family;
    private final String program;
    private final Map<String, String> lines = new LinkedHashMap<>();
    private final Map<String, Module> modules = new LinkedHashMap<>();
    private final Map<String, Tensor> variables = new LinkedHashMap<>();
    private final Map<String, GoldenTensor> initialState = new LinkedHashMap<>();
    private double largestDifference;

    /** Runs a program, shows each variable when it has been assigned, and returns the result. */
    @FunctionalInterface
    public interface Runner {
        @Nullable
        Object run(String program, PythonProgram.Assignment observer);
    }

    private GoldenRow(String family, String program) {
        this.family = family;
        this.program = program;
    }

    /** The rows of a resource, such as {@code "/nn/convolutions.txt"}. */
    public static Stream<GoldenRow> of(String resource) {
        List<GoldenRow> rows = new ArrayList<>();
        for (String line : Resources.text(resource).split("\n")) {
            if (line.startsWith("== ")) {
                rows.add(new GoldenRow(resource, line.substring("== ".length())));
            } else {
                rows.get(rows.size() - 1).add(line);
            }
        }
        return rows.stream();
    }

    private void add(String line) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("nograd")) {
            lines.put("nograd", "");
        } else if (words[0].equals("tolerance")) {
            lines.put("tolerance", words[1]);
        } else {
            lines.put(words[0] + " " + words[1], words.length > 2 ? words[2] : "");
        }
    }

    /** Runs the program and compares everything that Python's run recorded. */
    public void verify() {
        verify(new PythonProgram()::run);
    }

    /** The same with {@code runner}, which knows what the program means. */
    public void verify(Runner runner) {
        Torch.manualSeed(SEED);
        Object result = runner.run(program, this::assigned);
        List<Tensor> outputs = new ArrayList<>();
        flatten(result, outputs);
        assertThat(outputs).as("outputs").hasSize((int) count("output "));
        for (int i = 0; i < outputs.size(); i++) {
            compare("output " + i, outputs.get(i));
        }
        if (!lines.containsKey("nograd")) {
            backward(outputs);
            variables.forEach((name, variable) -> compareGradient(name, variable.grad()));
            modules.forEach((name, module) -> module.namedParameters()
                    .forEach((key, parameter) -> compareGradient(name + "." + key, parameter.grad())));
        }
        modules.forEach(this::compareState);
        GoldenReport.add(family, largestDifference);
    }

    private void assigned(String name, @Nullable Object value) {
        if (value instanceof Module module) {
            modules.put(name, module);
            if (lines.containsKey("text " + name)) {
                assertThat(module.toString().replace("\n", "\\n")).isEqualTo(lines.get("text " + name));
            }
            StateDict state = module.stateDict();
            // What a lazy module does not know yet is null here and not in Python's lines.
            state.values().removeIf(Objects::isNull);
            assertThat(keys(name, state)).as("keys of the state").isEqualTo(keysOf("state " + name + "."));
            state.forEach((key, tensor) -> {
                String path = name + "." + key;
                expected("state " + path).assertSame("state " + path, tensor);
                initialState.put(path, expected("state " + path));
            });
        } else if (value instanceof Tensor tensor
                && tensor.dtype().isFloatingPoint()
                && tensor.gradFunctionName() == null
                && !lines.containsKey("nograd")) {
            variables.put(name, tensor.requiresGrad(true));
        } else if (value instanceof Tensor tensor
                && tensor.dtype().isFloatingPoint()
                && tensor.gradFunctionName() == null) {
            variables.put(name, tensor);
        }
    }

    private static void backward(List<Tensor> outputs) {
        Tensor total = null;
        for (Tensor output : outputs) {
            if (output.requiresGrad()) {
                Tensor part =
                        output.mul(Torch.randn(output.shape(), output.dtype())).sum();
                total = total == null ? part : total.add(part);
            }
        }
        if (total != null) {
            total.backward();
        }
    }

    private void compareGradient(String name, @Nullable Tensor gradient) {
        String key = "gradient " + name;
        assertThat(gradient != null).as("there is a " + key).isEqualTo(lines.containsKey(key));
        if (gradient != null) {
            compare(key, gradient);
        }
    }

    private void compareState(String name, Module module) {
        module.stateDict().forEach((key, tensor) -> {
            String path = name + "." + key;
            if (lines.containsKey("after " + path)) {
                compare("after " + path, tensor);
            } else {
                assertThat(initialState).as("the state that Python had").containsKey(path);
                initialState.get(path).assertSame("unchanged " + path, tensor);
            }
        });
    }

    private void compare(String key, Tensor actual) {
        double tolerance = Double.parseDouble(lines.getOrDefault("tolerance", Double.toString(TOLERANCE)));
        largestDifference = Math.max(largestDifference, expected(key).assertClose(key, actual, tolerance));
    }

    private GoldenTensor expected(String key) {
        assertThat(lines).as("what Python recorded").containsKey(key);
        return GoldenTensor.decode(lines.get(key));
    }

    private long count(String prefix) {
        return lines.keySet().stream().filter(key -> key.startsWith(prefix)).count();
    }

    private List<String> keysOf(String prefix) {
        return lines.keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .map(key -> key.substring("state ".length()))
                .toList();
    }

    private static List<String> keys(String name, StateDict state) {
        return state.keySet().stream().map(key -> name + "." + key).toList();
    }

    /** The tensors of a result, however deep; numbers as tensors. */
    private static void flatten(@Nullable Object value, List<Tensor> tensors) {
        if (value instanceof Tensor tensor) {
            tensors.add(tensor);
        } else if (value instanceof Iterable<?> list) {
            list.forEach(element -> flatten(element, tensors));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(element -> flatten(element, tensors));
        } else if (value instanceof Record record) {
            PythonCalls.components(record).forEach(component -> flatten(component, tensors));
        } else if (value instanceof Double || value instanceof Float) {
            tensors.add(Torch.tensor(value, DType.FLOAT64));
        } else if (value instanceof Number number) {
            tensors.add(Torch.tensor(number.longValue()));
        }
    }

    @Override
    public String toString() {
        return program;
    }
}
