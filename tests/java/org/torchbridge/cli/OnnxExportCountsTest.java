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
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.Scope;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.Onnx;
import org.torchbridge.onnx.OnnxExportOptions;
import org.torchbridge.onnx.OnnxType;
import org.torchbridge.onnx.ValueReader;

/**
 * Counts how many of Python's TorchScript files leave as ONNX models that ONNX Runtime runs to the same results. The property
 * {@code torchbridge.oracles} names the folder with {@code small/pt} and {@code tv} (the output of {@code gen_torchvision.py
 * --keep-mb 1000}) in it, {@code torchbridge.models} keeps the models in a folder, for ONNX's checker, and {@code
 * torchbridge.only} is a pattern for the names:
 *
 * <pre>
 * mvn test -Dtest=OnnxExportCountsTest -Dtest.excludedGroups= -Dtorchbridge.oracles=FOLDER
 * </pre>
 */
@Tag("slow")
class OnnxExportCountsTest {
    private static final String PROPERTY = "torchbridge.oracles";

    /** How a set of files did; the names of those that did not. */
    private static final class Count {
        private int files;
        private int equal;
        private double largest;
        private final List<String> failures = new ArrayList<>();
    }

    private final Map<String, Count> counts = new TreeMap<>();

    @TempDir
    private Path scratch;

    @Test
    void programsOfPythonLeaveAsModelsThatOnnxRuntimeRunsToTheSameResults() throws IOException {
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
            for (String name : List.of("script.pt", "trace.pt")) {
                if (Files.exists(model.resolve(name))) {
                    torchvision(model, name);
                }
            }
        }
        print();
        assertThat(counts).isNotEmpty();
    }

    private void small(Path file, String name) {
        Map<?, ?> io =
                (Map<?, ?>) Torch.load(file.resolveSibling(name + ".io.pth")).value();
        String kind = file.getFileName().toString().substring(name.length() + 1);
        count("small, " + kind, file, file.getFileName().toString(), (List<?>) io.get("in"), 1e-4);
    }

    private void torchvision(Path model, String name) {
        List<Object> inputs = new ArrayList<>();
        Path set = model.resolve("test_data_set_0");
        while (Files.exists(set.resolve("input_" + inputs.size() + ".pb"))) {
            inputs.add(ValueReader.read(set.resolve("input_" + inputs.size() + ".pb"), OnnxType.UNKNOWN));
        }
        count("torchvision, " + name, model.resolve(name), model.getFileName() + "." + name, inputs, 1e-3);
    }

    private void count(String set, Path file, String name, List<?> inputs, double tolerance) {
        if (!name.matches(System.getProperty("torchbridge.only", ".*"))) {
            return;
        }
        Count count = counts.computeIfAbsent(set, unused -> new Count());
        count.files++;
        String models = System.getProperty("torchbridge.models");
        Path model = (models == null ? scratch : Path.of(models)).resolve(name + ".onnx");
        OnnxExportOptions options = OnnxExportOptions.options()
                .opset(Integer.getInteger("torchbridge.opset", 17))
                .verify(true)
                .tolerance(tolerance);
        try (Scope scope = Scope.open();
                ScriptModule module = ScriptModule.load(file)) {
            module.eval();
            List<?> arguments = new RunnableModel(module, null).arguments(inputs);
            count.largest = Math.max(
                    count.largest,
                    Onnx.export(module, model, arguments, options).difference());
            count.equal++;
            if (models == null) {
                Files.delete(model);
            }
        } catch (RuntimeException | IOException e) {
            if (Boolean.getBoolean("torchbridge.traces")) {
                e.printStackTrace();
            }
            count.failures.add(name + ": " + e.toString().lines().limit(8).toList());
        }
    }

    /** The table of {@code docs/onnx.md}. */
    private void print() {
        PrintWriter out = new PrintWriter(System.out, true);
        Table table = new Table("set", ">files", ">equal", ">largest difference");
        counts.forEach((set, count) -> table.row(
                set,
                Table.number(count.files),
                Table.number(count.equal),
                String.format(java.util.Locale.ROOT, "%.1e", count.largest)));
        table.print(out);
        counts.values().forEach(count -> count.failures.forEach(out::println));
    }
}
