package org.torchbridge.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.io.SafetensorsReader;
import org.torchbridge.io.SafetensorsWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A state dict of 1 GB opened, and opened and read to its last byte; beside Python. */
@Command(
        name = "files",
        mixinStandardHelpOptions = true,
        description = {
            "Opens a state dict of 1 GB and reads all of it, in a process of its own each time; beside Python's torch.load."
                    + " Then one tensor of a file of 10 GB.",
            "Needs 3 GB on the disk, and gives them back."
        })
final class BenchFiles implements Callable<Integer> {
    private static final int ROUNDS = 3;
    private static final int TENSORS = 200;
    private static final int TENSOR_ELEMENTS = 1_250_000;
    private static final int LARGE_TENSORS = 2000;

    private static final String PYTHON_READER =
            """
            import sys, time, torch
            torch.ones(1).sum()
            start = time.perf_counter()
            state = torch.load(sys.argv[1], weights_only=True, **eval(sys.argv[3]))
            if sys.argv[2] == "read":
                for tensor in state.values():
                    tensor.sum()
            seconds = time.perf_counter() - start
            peak = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0]
            print(seconds, peak)
            """;

    @Option(
            names = "--python",
            defaultValue = "python3",
            description = "Python with PyTorch (default: ${DEFAULT-VALUE}).")
    private String python;

    @Option(
            names = "--folder",
            defaultValue = "target",
            description = "Where the files are written for a while (default: ${DEFAULT-VALUE}).")
    private Path folder;

    @Spec
    private CommandSpec spec;

    private PrintWriter out;

    /** Opens a file, reads it if it is asked to, and prints seconds and the largest resident size in kB. */
    static final class Reader {
        private Reader() {}

        public static void main(String[] arguments) throws IOException {
            Torch.ones(1).sum().toDouble();
            long start = System.nanoTime();
            StateDict state = Torch.load(Path.of(arguments[0])).stateDict();
            if (arguments[1].equals("read")) {
                for (Tensor tensor : state.values()) {
                    Scope.run(tensor::sum);
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.println(seconds + " " + BenchMemory.peakKilobytes());
        }
    }

    private record Result(double seconds, double peakKilobytes) {
        static Result of(String output) {
            String[] numbers = output.strip().split(" ");
            return new Result(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
        }
    }

    @Override
    public Integer call() throws IOException {
        out = spec.commandLine().getOut();
        Files.createDirectories(folder);
        Path files = Files.createTempDirectory(folder, "bench-files");
        try {
            compare(files);
            openLargeFile(files.resolve("large.safetensors"));
        } finally {
            deleteAll(files);
        }
        return 0;
    }

    // ---- 1 GB

    private void compare(Path files) {
        Path pth = files.resolve("state.pth");
        Path safetensors = files.resolve("state.safetensors");
        Scope.run(() -> {
            StateDict state = state();
            Torch.save(state, pth);
            SafetensorsWriter.write(state, safetensors);
        });
        String version = ChildProcess.run(List.of(python, "-c", "import torch; print(torch.__version__)"))
                .strip();
        Map<String, List<String>> ways = new LinkedHashMap<>();
        for (String action : List.of("open", "read")) {
            addPython(ways, "Python " + version, action, pth, "{}");
            if (hasMmap()) {
                addPython(ways, "Python " + version + ", mmap=True", action, pth, "{'mmap': True}");
            }
            ways.put(action + ": Java", ChildProcess.java(Reader.class, pth.toString(), action));
            ways.put(action + ": Java, .safetensors", ChildProcess.java(Reader.class, safetensors.toString(), action));
        }
        print(ways);
    }

    private static StateDict state() {
        StateDict state = new StateDict();
        for (int i = 0; i < TENSORS; i++) {
            state.put("layer" + i + ".weight", Torch.rand(TENSOR_ELEMENTS));
        }
        return state;
    }

    private void addPython(Map<String, List<String>> ways, String name, String action, Path file, String options) {
        ways.put(action + ": " + name, List.of(python, "-c", PYTHON_READER, file.toString(), action, options));
    }

    private boolean hasMmap() {
        String script = "import inspect, torch; print('mmap' in inspect.signature(torch.load).parameters)";
        return ChildProcess.run(List.of(python, "-c", script)).strip().equals("True");
    }

    private void print(Map<String, List<String>> ways) {
        Map<String, List<Result>> results = new LinkedHashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            ways.forEach((name, command) -> results.computeIfAbsent(name, unused -> new ArrayList<>())
                    .add(Result.of(ChildProcess.run(command))));
        }
        Table table = new Table("state dict of 1 GB, " + TENSORS + " tensors", ">seconds", ">peak MB");
        results.forEach((name, rounds) -> table.row(
                name,
                String.format(Locale.ROOT, "%.3f", median(rounds.stream().map(Result::seconds))),
                Table.number(Math.round(median(rounds.stream().map(Result::peakKilobytes)) / 1000))));
        table.print(out);
        out.println("medians of " + ROUNDS + " processes each, the file in the system's cache; open: torch.load;"
                + " read: the sum of each tensor, too");
        out.flush();
    }

    private static double median(Stream<Double> numbers) {
        List<Double> sorted = numbers.sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    // ---- 10 GB

    /** The file has nothing in it, and takes no room on the disk. */
    private void openLargeFile(Path file) throws IOException {
        StringJoiner entries = new StringJoiner(",", "{", "}");
        long bytes = 4L * TENSOR_ELEMENTS;
        for (int i = 0; i < LARGE_TENSORS; i++) {
            entries.add("\"layer%d\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%d,%d]}"
                    .formatted(i, TENSOR_ELEMENTS, i * bytes, (i + 1) * bytes));
        }
        String padding = " ".repeat(Math.floorMod(-entries.length(), 8));
        byte[] header = (entries + padding).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(header.length).put(header).flip();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(start);
            channel.write(ByteBuffer.allocate(1), start.capacity() + LARGE_TENSORS * bytes - 1);
        }
        List<Double> milliseconds = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            Scope.run(() -> SafetensorsReader.open(file).tensor("layer1000").sum());
            milliseconds.add((System.nanoTime() - begin) / 1e6);
        }
        out.printf(
                Locale.ROOT,
                "one tensor of 5 MB of a file of 10 GB with %d, opened and read: %.1f ms%n",
                LARGE_TENSORS,
                median(milliseconds.stream()));
    }

    private static void deleteAll(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("what the measurement wrote in " + folder + " cannot be removed", e);
        }
    }
}
