package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.testing.PythonOracle;

/** The programs that the layers are compared with Python by, traced. */
class TracedLayersTest {
    /** What PyTorch 1.13 cannot do, or crashes at, whoever asks it. */
    private static final Pattern BEYOND_PYTHON = Pattern.compile(
            ".*(pad_sequence\\(.*'left'|mode='max', include_last_offset=True|CircularPad\\dd\\(1\\); a = torch.randn\\((2, 5|2, 4, 5|1, 3, 4, 3)\\)).*");

    static Stream<String> layers() {
        return TracedRow.layers();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aTraceOfEachLayerIsForOtherSizesToo(String program) {
        TracedRow row = new TracedRow(program);

        row.trace();

        assertThat(row.warnings).isEmpty();
    }

    @Test
    void pythonDoesTheSame(@TempDir Path folder) {
        PythonOracle.assumeAvailable();
        assertPythonDoesTheSame(layers(), folder);
    }

    @Test
    @Tag("slow")
    void pythonDoesTheSameForAllRows(@TempDir Path folder) {
        PythonOracle.assumeAvailable();
        assertPythonDoesTheSame(
                TracedRow.rows().filter(row -> !BEYOND_PYTHON.matcher(row).matches()), folder);
    }

    private static void assertPythonDoesTheSame(Stream<String> programs, Path folder) {
        List<String> written = new ArrayList<>();
        for (String program : programs.toList()) {
            TracedRow row = new TracedRow(program);
            if (!row.inputs.isEmpty()) {
                write(row, folder.resolve(written.size() + ""));
                written.add(program);
            }
        }

        String differences = PythonOracle.run(SCRIPT, folder.toString(), Integer.toString(written.size()));

        assertThat(differences.lines().map(line -> line + " of " + program(line, written)))
                .isEmpty();
    }

    private static String program(String line, List<String> programs) {
        return programs.get(Integer.parseInt(line.substring(0, line.indexOf(' '))));
    }

    /** The traced module, and what the Java module makes of inputs that the trace did not see. */
    private static void write(TracedRow row, Path file) {
        ScriptModule traced = row.trace();
        List<Tensor> inputs = row.otherInputs();
        traced.save(Path.of(file + ".pt"));
        Map<String, Object> example = new LinkedHashMap<>();
        example.put("inputs", ExampleInputs.copies(inputs));
        example.put("keys", List.copyOf(row.module.stateDict().keySet()));
        Torch.manualSeed(3);
        example.put(
                "outputs",
                TracedValues.tensors(row.forward(ExampleInputs.copies(inputs))).stream()
                        .map(Tensor::detach)
                        .toList());
        Torch.save(example, Path.of(file + ".pth"));
    }

    private static final String SCRIPT =
            """
            import sys, warnings, torch
            warnings.simplefilter('ignore')

            def tensors(value):
                if isinstance(value, torch.Tensor):
                    return [value]
                return [] if value is None else [tensor for each in value for tensor in tensors(each)]

            def same(a, b):
                a, b = (t.to_dense() if t.layout != torch.strided else t for t in (a, b))
                return a.dtype == b.dtype and a.shape == b.shape and torch.allclose(a, b, 1e-4, 1e-5, equal_nan=True)

            def compare(number):
                path = f'{sys.argv[1]}/{number}'
                module, example = torch.jit.load(path + '.pt'), torch.load(path + '.pth')
                if list(module.state_dict()) != list(example['keys']):
                    return f'has the state {list(module.state_dict())}'
                torch.manual_seed(3)
                outputs = tensors(module(*example['inputs']))
                if len(outputs) != len(example['outputs']):
                    return f'{len(outputs)} outputs'
                wrong = [i for i, (a, b) in enumerate(zip(outputs, example['outputs'])) if not same(a, b)]
                return f'outputs {wrong} differ' if wrong else None

            for number in range(int(sys.argv[2])):
                try:
                    problem = compare(number)
                except Exception as e:
                    problem = str(e).strip().splitlines()[-1]
                if problem:
                    print(number, problem)
            """;
}
