package org.torchbridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A model in a file: how long a call takes, and how much it gets done. */
@Command(
        name = "infer",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs a TorchScript or ONNX model on random inputs, as it is loaded and made for inference, in turn. Prints the"
                    + " milliseconds of a call that 50, 90 and 99 of 100 calls stay below, and how many samples are done in a"
                    + " second.",
            "Cores can be used in two ways: --threads share the work of each operator, which shortens a call; --callers"
                    + " call at the same time, which gets more done. The product should not exceed the number of cores."
        })
final class BenchInfer implements Callable<Integer> {
    private static final int SLICES = 5;

    @Parameters(paramLabel = "FILE", description = "A TorchScript or ONNX model.")
    private Path file;

    @Option(
            names = "--input",
            paramLabel = "SHAPE",
            converter = InputShape.Converter.class,
            description = "An input, such as 1x3x224x224 or 1x128:int64; once for each, in their order. An ONNX model"
                    + " declares its own.")
    private List<InputShape> inputs = new ArrayList<>();

    @Option(
            names = "--batch",
            split = ",",
            paramLabel = "N",
            description = "First sizes that the inputs get in turn (default: as they are).")
    private List<Integer> batches = List.of();

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads for each operator (default: ${DEFAULT-VALUE}).")
    private List<Integer> threads;

    @Option(
            names = "--callers",
            split = ",",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that call at the same time (default: ${DEFAULT-VALUE}).")
    private List<Integer> callers;

    @Option(
            names = "--seconds",
            defaultValue = "5",
            description = "How long each line is measured (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Table table = new Table("", ">batch", ">threads", ">callers", ">p50 ms", ">p90 ms", ">p99 ms", ">samples/s");
        int before = Torch.getNumThreads();
        try {
            for (int thread : threads) {
                Torch.setNumThreads(thread);
                // What a model for inference has for operators depends on the number of threads.
                Map<String, RunnableModel> ways = ways();
                List<InputShape> shapes =
                        inputs.isEmpty() ? ways.values().iterator().next().declaredInputs(file) : inputs;
                for (int batch : batches.isEmpty() ? List.of(0) : batches) {
                    for (int caller : callers) {
                        measure(ways, batched(shapes, batch), thread, caller, table);
                    }
                }
            }
        } finally {
            Torch.setNumThreads(before);
        }
        table.print(spec.commandLine().getOut());
        return 0;
    }

    private Map<String, RunnableModel> ways() {
        Map<String, RunnableModel> ways = new LinkedHashMap<>();
        ways.put("as loaded", RunnableModel.load(file));
        ways.put("for inference", RunnableModel.loadForInference(file));
        return ways;
    }

    private static List<InputShape> batched(List<InputShape> shapes, int batch) {
        return batch == 0
                ? shapes
                : shapes.stream().map(shape -> shape.withBatch(batch)).toList();
    }

    /** Measures all ways in turn, several times, so that a machine that slows down slows all of them. */
    private void measure(
            Map<String, RunnableModel> ways, List<InputShape> shapes, int thread, int caller, Table table) {
        try (Scope scope = Scope.open()) {
            List<Tensor> tensors = shapes.stream().map(InputShape::random).toList();
            Map<String, Latencies> latencies = new LinkedHashMap<>();
            for (int slice = 0; slice < SLICES; slice++) {
                ways.forEach((name, model) -> latencies
                        .computeIfAbsent(name, unused -> new Latencies())
                        .measure(call(model, tensors), caller, seconds / SLICES));
            }
            long batch = shapes.get(0).sizes().get(0);
            latencies.forEach((name, result) -> table.row(
                    name,
                    Long.toString(batch),
                    Integer.toString(thread),
                    Integer.toString(caller),
                    number(result.milliseconds(0.5)),
                    number(result.milliseconds(0.9)),
                    number(result.milliseconds(0.99)),
                    String.format(Locale.ROOT, "%.1f", batch * result.callsPerSecond())));
        }
    }

    private static Runnable call(RunnableModel model, List<Tensor> inputs) {
        Object[] arguments = model.arguments(inputs).toArray();
        return () -> {
            try (Scope scope = Scope.open();
                    GradMode mode = Torch.inferenceMode()) {
                model.module().run("forward", arguments);
            }
        };
    }

    private static String number(double milliseconds) {
        return String.format(Locale.ROOT, "%.3f", milliseconds);
    }
}
