package org.torchbridge.cli;

import java.util.concurrent.Callable;
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
        long start = System.nanoTime();
        ChildProcess.run(ChildProcess.java(main));
        return System.nanoTime() - start;
    }
}
