package org.torchbridge.onnx;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.torchbridge.DType;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.io.PythonTuple;
import org.torchbridge.jit.ScriptModule;

/**
 * Runs unpacked suites of ONNX cases and says of each what came out: {@code OnnxCases ROOT [-v] [-q] [-p] PATTERN...}, where
 * patterns are globs over {@code SUITE/CASE} or {@code CASE}. With {@code -v} failures come with their stack, with {@code -q}
 * only the summary is printed, with {@code -p} the program too; {@code -i} runs the form for inference.
 */
final class OnnxCases {
    private static final Map<String, double[]> TOLERANCES = Map.of(
            "node", new double[] {1e-3, 1e-7},
            "simple", new double[] {1e-3, 1e-7},
            "light_cases", new double[] {1e-3, 1e-6},
            "small", new double[] {1e-4, 1e-4},
            "real-cases", new double[] {1e-4, 1e-4},
            "tv", new double[] {1e-3, 1e-3});

    private static boolean verbose;
    private static boolean quiet;
    private static boolean print;
    private static OnnxOptions options = OnnxOptions.options();

    private OnnxCases() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        List<PathMatcher> patterns = new ArrayList<>();
        for (String argument : Arrays.asList(arguments).subList(1, arguments.length)) {
            switch (argument) {
                case "-v" -> verbose = true;
                case "-q" -> quiet = true;
                case "-p" -> print = true;
                case "-i" -> options = OnnxOptions.inference();
                default -> patterns.add(FileSystems.getDefault()
                        .getPathMatcher("glob:" + (argument.contains("/") ? argument : "*/" + argument)));
            }
        }
        Torch.setNumThreads(1);
        Map<String, int[]> suites = new TreeMap<>();
        Map<String, List<String>> reasons = new TreeMap<>();
        for (String suite : List.of("node", "simple", "light_cases", "small", "real-cases", "tv")) {
            for (Path folder : cases(root.resolve(suite))) {
                if (patterns.isEmpty()
                        ? !suite.equals("tv")
                        : patterns.stream().anyMatch(p -> p.matches(root.relativize(folder)))) {
                    long start = System.nanoTime();
                    String failure = Scope.call(() -> run(folder, root.resolve("models"), TOLERANCES.get(suite)));
                    suites.computeIfAbsent(suite, key -> new int[2])[failure == null ? 0 : 1]++;
                    if (failure != null) {
                        reasons.computeIfAbsent(summary(failure), key -> new ArrayList<>())
                                .add(folder.getFileName().toString());
                    }
                    if (!quiet) {
                        System.out.printf(
                                "%s %s/%s %s(%d ms)%n",
                                failure == null ? "pass" : "FAIL",
                                suite,
                                folder.getFileName(),
                                failure == null ? "" : failure + " ",
                                (System.nanoTime() - start) / 1_000_000);
                    }
                }
            }
        }
        System.out.println("---- by reason");
        reasons.entrySet().stream()
                .sorted((a, b) -> b.getValue().size() - a.getValue().size())
                .forEach(each -> System.out.println(each.getValue().size() + " x " + each.getKey() + ": "
                        + each.getValue().stream().limit(6).toList()));
        suites.forEach(
                (suite, counts) -> System.out.println(suite + ": " + counts[0] + " of " + (counts[0] + counts[1])));
    }

    private static List<Path> cases(Path suite) throws IOException {
        if (!Files.isDirectory(suite)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(suite)) {
            return folders.filter(OnnxCase::isCase).sorted().toList();
        }
    }

    private static String summary(String failure) {
        return failure.replaceAll("(?s)\\n.*", "")
                .replaceAll("\\d+(\\.\\d+)?([eE]-?\\d+)?", "#")
                .replaceAll("'[^']*'", "''");
    }

    private static String run(Path folder, Path models, double[] tolerance) {
        try {
            OnnxCase test = OnnxCase.load(folder, models);
            if (print) {
                System.out.println(test.model().toGraph());
            }
            ScriptModule module = test.model().toModule(options);
            for (Path set : test.dataSets()) {
                OnnxCase.DataSet data = test.read(set);
                List<Object> outputs =
                        outputs(module.run("forward", data.inputs().toArray()));
                for (int i = 0; i < data.outputs().size(); i++) {
                    String difference =
                            difference(outputs.get(i), data.outputs().get(i), tolerance);
                    if (difference != null) {
                        return "output " + i + ": " + difference;
                    }
                }
            }
            return null;
        } catch (UnsupportedOperatorException e) {
            return "unsupported "
                    + e.uses().stream()
                            .map(use -> use.operator() + " " + use.reason())
                            .sorted()
                            .toList();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            if (verbose) {
                e.printStackTrace();
            }
            return e.getClass().getSimpleName() + " "
                    + String.valueOf(e.getMessage())
                            .strip()
                            .replaceAll("^\\S+/", "")
                            .split("\nException raised")[0];
        }
    }

    private static List<Object> outputs(Object result) {
        return result instanceof PythonTuple tuple ? new ArrayList<>(tuple) : Arrays.asList(result);
    }

    private static String difference(Object actual, Object expected, double[] tolerance) {
        if (expected instanceof Tensor tensor) {
            return actual instanceof Tensor other
                    ? difference(other, tensor, tolerance)
                    : "a " + kind(actual) + " instead of a tensor";
        }
        if (expected instanceof List<?> list) {
            if (!(actual instanceof List<?> other)) {
                return "a " + kind(actual) + " instead of a list";
            }
            if (list.size() != other.size()) {
                return other.size() + " elements instead of " + list.size();
            }
            for (int i = 0; i < list.size(); i++) {
                String difference = difference(other.get(i), list.get(i), tolerance);
                if (difference != null) {
                    return "element " + i + ": " + difference;
                }
            }
            return null;
        }
        return java.util.Objects.equals(actual, expected) ? null : actual + " instead of " + expected;
    }

    private static String kind(Object value) {
        return value == null ? "null" : value.getClass().getSimpleName();
    }

    private static String difference(Tensor actual, Tensor expected, double[] tolerance) {
        if (actual.dtype() != expected.dtype()) {
            return "type " + actual.dtype() + " instead of " + expected.dtype();
        }
        if (!Arrays.equals(actual.shape(), expected.shape())) {
            return "shape " + Arrays.toString(actual.shape()) + " instead of " + Arrays.toString(expected.shape());
        }
        DType wide = actual.dtype().isComplex() ? DType.COMPLEX128 : DType.FLOAT64;
        Tensor a = actual.to(wide);
        Tensor b = expected.to(wide);
        return Torch.allclose(a, b, tolerance[0], tolerance[1], true)
                ? null
                : "largest difference " + a.sub(b).abs().nanToNum(0.0).max().item();
    }
}
