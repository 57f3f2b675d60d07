package org.torchbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.OnnxType;
import org.torchbridge.onnx.ValueReader;

/**
 * Counts how many of Python's TorchScript files load, run to Python's results, and do so after being read as a graph and
 * written again, and made for inference. The property {@code torchbridge.oracles} names the folder with {@code small/pt} and {@code tv} (the output of
 * {@code gen_torchvision.py --keep-mb 1000}) in it:
 *
 * <pre>
 * mvn test -Dtest=TorchScriptCountsTest -Dtest.excludedGroups= -Dtorchbridge.oracles=FOLDER
 * </pre>
 */
@Tag("slow")
class TorchScriptCountsTest {
    private static final String PROPERTY = "torchbridge.oracles";

    /** Of its scores, libtorch 2.10 rounds every fifth to the next step of the quantization. */
    private static final String OTHERWISE_ROUNDED = "quantized_resnet18";

    /** How a set of files did; the names of those that did not. */
    private static final class Count {
        private int files;
        private int loaded;
        private int equal;
        private int rewritten;
        private int optimized;
        private final List<String> failures = new ArrayList<>();
    }

    private final Map<String, Count> counts = new TreeMap<>();

    @Test
    void programsOfPythonRunAsInPythonAndAfterBeingWrittenAgain() throws IOException {
        String property = System.getProperty(PROPERTY);
        if (property == null) {
            abort("-D" + PROPERTY + " does not say where Python's files are");
        }
        Path folder = Path.of(property);
        for (Path file : VerifyCase.list(folder.resolve("small").resolve("pt"))) {
            String name = file.getFileName().toString();
            if (name.endsWith(".script.pt") || name.endsWith(".trace.pt")) {
                small(file, name.replaceAll("\\..*", ""));
            }
        }
        for (Path model : VerifyCase.list(folder.resolve("tv"))) {
            for (String name : List.of("script.pt", "trace.pt", "script.ptl")) {
                if (Files.exists(model.resolve(name))) {
                    torchvision(model, name);
                }
            }
        }
        print();
        assertThat(counts).isNotEmpty();
        counts.forEach((set, count) ->
                assertThat(count.failures).as(set).allMatch(failure -> failure.contains(OTHERWISE_ROUNDED + "/")));
    }

    private void small(Path file, String name) {
        Map<?, ?> io =
                (Map<?, ?>) Torch.load(file.resolveSibling(name + ".io.pth")).value();
        String kind = file.getFileName().toString().substring(name.length() + 1);
        count("small, " + kind, file, (List<?>) io.get("in"), (List<?>) io.get("out"), 1e-4);
    }

    private void torchvision(Path model, String name) {
        Path set = model.resolve("test_data_set_0");
        count("torchvision, " + name, model.resolve(name), values(set, "input"), values(set, "output"), 1e-3);
    }

    private static List<Object> values(Path set, String kind) {
        List<Object> values = new ArrayList<>();
        for (Path file : VerifyCase.list(set)) {
            if (file.getFileName().toString().startsWith(kind)) {
                values.add(ValueReader.read(set.resolve(kind + "_" + values.size() + ".pb"), OnnxType.UNKNOWN));
            }
        }
        return values;
    }

    private void count(String set, Path file, List<?> inputs, List<?> outputs, double tolerance) {
        Count count = counts.computeIfAbsent(set, unused -> new Count());
        count.files++;
        String step = "is not loaded";
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad();
                ScriptModule module = ScriptModule.load(file)) {
            count.loaded++;
            step = "is not as in Python";
            compare(module, inputs, outputs, tolerance);
            count.equal++;
            step = "is not the same when written again";
            compare(ScriptModule.of(module.toGraph("forward")), inputs, outputs, tolerance);
            count.rewritten++;
            step = "is not the same for inference";
            compare(module.optimizeForInference(), inputs, outputs, tolerance);
            count.optimized++;
        } catch (RuntimeException e) {
            count.failures.add(
                    file + " " + step + ": " + e.toString().lines().findFirst().orElse(""));
        }
    }

    private static void compare(ScriptModule module, List<?> inputs, List<?> outputs, double tolerance) {
        module.eval();
        List<Object> actual = new RunnableModel(module, null).run(inputs);
        ValueComparison comparison = new ValueComparison(tolerance, tolerance);
        comparison.compare("outputs", actual, outputs);
        if (comparison.problem() != null) {
            throw new IllegalStateException(comparison.problem());
        }
    }

    /** The table of {@code docs/torchscript.md}. */
    private void print() {
        PrintWriter out = new PrintWriter(System.out, true);
        Table table = new Table("set", ">files", ">loaded", ">equal", ">written again, equal", ">for inference, equal");
        counts.forEach((set, count) -> table.row(
                set,
                Table.number(count.files),
                Table.number(count.loaded),
                Table.number(count.equal),
                Table.number(count.rewritten),
                Table.number(count.optimized)));
        table.print(out);
        counts.values().forEach(count -> count.failures.forEach(out::println));
    }
}
