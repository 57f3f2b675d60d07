package org.torchbridge.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Loops over tensors of 4 MB with and without a scope: time, and the memory they take. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = "Loops over tensors of 4 MB, in a scope and left to the garbage collector.")
final class BenchMemory implements Callable<Integer> {
    private static final int ITERATIONS = 30;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Tensor x = Torch.rand(1 << 20);
        Tensor weight = Torch.rand(16, 16, 3, 3);
        compare(
                "convolve 1x16x256x256 random numbers",
                () -> Torch.conv2d(Torch.rand(1, 16, 256, 256), weight, null, new long[] {1}, new long[] {1}));
        compare("add 1 to a million numbers (bound by memory's speed)", () -> x.add(1));
        out.printf(Locale.ROOT, "largest resident size %,d kB%n", peakKilobytes());
        return 0;
    }

    private void compare(String title, Runnable body) {
        new Comparison(title, "ms an iteration", 1e6)
                .add("in a scope", 0, () -> time(() -> Scope.run(body)))
                .add("left to the collector", 2, () -> time(body))
                .print(spec.commandLine().getOut());
    }

    private static long time(Runnable body) {
        long start = System.nanoTime();
        for (int i = 0; i < ITERATIONS; i++) {
            body.run();
        }
        return (System.nanoTime() - start) / ITERATIONS;
    }

    /** The largest resident size of this process so far. */
    static long peakKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
