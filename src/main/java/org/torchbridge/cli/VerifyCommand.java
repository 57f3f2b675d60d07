package org.torchbridge.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.TorchException;
import org.torchbridge.UnsupportedOperatorException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Models beside what was recorded of them elsewhere. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs models on recorded inputs and compares what they return with recorded outputs. Cases are folders as the"
                    + " ONNX project has them: model.onnx or model.pt beside test_data_set_0/input_0.pb, output_0.pb and so"
                    + " on.",
            "Types and shapes have to be equal, and numbers differ by no more than ATOL + RTOL * |recorded|; NaN equals NaN."
                    + " A TorchScript model that takes a list gets all inputs as the list, and of what it returns the"
                    + " tensors count, in their order.",
            "One line for each case; the exit code is 0 if all passed and 1 if not."
        })
final class VerifyCommand implements Callable<Integer> {
    private static final List<String> MODELS = List.of("model.onnx", "model.pt", "model.path");
    private static final String PATH = ".path";

    @Parameters(paramLabel = "DIR", arity = "1..*", description = "A case, or a folder of cases.")
    private List<Path> folders;

    @Option(
            names = "--rtol",
            defaultValue = "1e-3",
            description = "Difference in relation to what is recorded (default: ${DEFAULT-VALUE}).")
    private double rtol;

    @Option(
            names = "--atol",
            defaultValue = "1e-7",
            description = "Difference beside that (default: ${DEFAULT-VALUE}).")
    private double atol;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The model's file in each case (default: model.onnx, model.pt, or what model.path names).")
    private @Nullable String name;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "Where the files are that model.path names (default: the case's folder).")
    private @Nullable Path models;

    @Option(names = "--inference", description = "Models are made as fast as they can be before they run.")
    private boolean inference;

    @Option(names = "--quiet", description = "Only cases that fail have a line.")
    private boolean quiet;

    @Spec
    private CommandSpec spec;

    private PrintWriter out;
    private int passed;
    private int failed;

    @Override
    public Integer call() throws IOException {
        out = spec.commandLine().getOut();
        List<Path> recorded = new ArrayList<>();
        for (Path folder : folders) {
            recorded.addAll(recorded(folder));
        }
        List<Path> others = new ArrayList<>();
        for (Path folder : recorded) {
            Path model = model(folder);
            if (model == null) {
                others.add(folder);
            } else {
                verify(new VerifyCase(folder, model, inference));
            }
        }
        if (!others.isEmpty()) {
            out.println("without " + (name == null ? "a model" : name) + ": "
                    + others.stream().map(Path::toString).collect(Collectors.joining(", ")));
        }
        out.println(passed + " passed, " + failed + " failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    /** The folder itself or those in it, as far as values are recorded there. */
    private static List<Path> recorded(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new TorchException("there is no folder " + folder);
        }
        List<Path> recorded = VerifyCase.isRecorded(folder)
                ? List.of(folder)
                : VerifyCase.list(folder).stream()
                        .filter(inner -> Files.isDirectory(inner) && VerifyCase.isRecorded(inner))
                        .toList();
        if (recorded.isEmpty()) {
            throw new TorchException(folder + " is no case and holds none: there is no test_data_set_0");
        }
        return recorded;
    }

    private @Nullable Path model(Path folder) throws IOException {
        for (String each : name == null ? MODELS : List.of(name)) {
            Path file = folder.resolve(each);
            if (Files.isRegularFile(file)) {
                return each.endsWith(PATH)
                        ? (models == null ? folder : models)
                                .resolve(Files.readString(file).strip())
                        : file;
            }
        }
        return null;
    }

    /** Whatever goes wrong with a case is this case's failure alone. */
    private void verify(VerifyCase one) {
        try (Scope scope = Scope.open()) {
            ValueComparison result = one.run(rtol, atol);
            report(one, result.problem(), result.largest());
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            report(one, reason(e), 0);
        }
    }

    private void report(VerifyCase one, @Nullable String problem, double largest) {
        if (problem == null) {
            passed++;
            if (!quiet) {
                out.println("ok " + one.folder() + String.format(Locale.ROOT, ": largest difference %.2g", largest));
            }
        } else {
            failed++;
            out.println("FAILED " + one.folder() + ": " + problem);
        }
        out.flush();
    }

    private static String reason(Throwable problem) {
        if (problem instanceof UnsupportedOperatorException unsupported) {
            return unsupported.uses().stream()
                    .map(Object::toString)
                    .collect(Collectors.joining("; ", "unsupported: ", ""));
        }
        boolean expected = problem instanceof TorchException
                || problem instanceof IllegalArgumentException
                || problem instanceof IllegalStateException;
        String message = expected && problem.getMessage() != null ? problem.getMessage() : problem.toString();
        return message.strip().lines().findFirst().orElse("");
    }
}
