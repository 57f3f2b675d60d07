package org.torchbridge.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.torchbridge.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The life of a JVM that makes one tensor, beside one that does nothing. */
@Command(
        name = "startup",
        mixinStandardHelpOptions = true,
        description = "A JVM that makes its first tensor and ends, with a warm cache; beside one that does nothing.")
final class BenchStartup implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** Does nothing. */
    static final class Nothing {
        private Nothing() {}

        public static void main(String[] arguments) {}
    }

    /** Makes one tensor. */
    static final class FirstTensor {
        private FirstTensor() {}

        public static void main(String[] arguments) {
            Torch.ones(2).sum().toDouble();
        }
    }

    @Override
    public Integer call() {
        new Comparison("life of a JVM", "s", 1e9)
                .add("does nothing", 0, () -> time(Nothing.class))
                .add("makes its first tensor", 0, () -> time(FirstTensor.class))
                .print(spec.commandLine().getOut());
        return 0;
    }

    private static long time(Class<?> main) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        long start = System.nanoTime();
        try {
            Process process = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), main.getName())
                    .inheritIO()
                    .start();
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException("the JVM that was started for " + main.getSimpleName() + " failed");
            }
        } catch (IOException e) {
            throw new IllegalStateException("no JVM could be started with " + java, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return System.nanoTime() - start;
    }
}
