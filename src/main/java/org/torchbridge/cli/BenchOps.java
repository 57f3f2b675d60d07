package org.torchbridge.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeFloor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The cost of one small operator beside a C++ loop over the same one. */
@Command(
        name = "ops",
        mixinStandardHelpOptions = true,
        description = "One small operator: in a scope, left to the garbage collector, closed at once; beside C++.")
final class BenchOps implements Callable<Integer> {
    private static final int OPERATIONS = 20_000;
    private static final int PER_SCOPE = 100;
    // Long enough that the collections it causes are part of what is measured.
    private static final int LEFT_TO_THE_COLLECTOR = 200_000;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Torch.setNumThreads(1);
        Tensor a = Torch.rand(4, 4);
        Tensor b = Torch.rand(4, 4);
        Tensor m = Torch.rand(8, 8);
        try (GradMode mode = Torch.noGrad()) {
            compare("relu, 4x4", NativeFloor.RELU, a, b, a::relu);
            compare("add, 4x4", NativeFloor.ADD, a, b, () -> a.add(b));
            compare("mm, 8x8", NativeFloor.MM, m, m, () -> m.mm(m));
            compare("view", NativeFloor.VIEW, a, b, () -> a.view(-1));
        }
        return 0;
    }

    private void compare(String title, int operator, Tensor a, Tensor b, Supplier<Tensor> java) {
        new Comparison(title, "us an operation", 1e3)
                .add(
                        "C++ loop",
                        0,
                        () -> NativeFloor.operator(operator, a.handle(), b.handle(), OPERATIONS) / OPERATIONS)
                .add("Java, in a scope", 1.25, () -> scoped(java))
                .add("Java, left to the collector", 1.7, () -> collected(java))
                .add("Java, closed at once", 0, () -> closed(java))
                .print(spec.commandLine().getOut());
    }

    private static long scoped(Supplier<Tensor> java) {
        long start = System.nanoTime();
        for (int i = 0; i < OPERATIONS / PER_SCOPE; i++) {
            try (Scope scope = Scope.open()) {
                for (int j = 0; j < PER_SCOPE; j++) {
                    java.get();
                }
            }
        }
        return (System.nanoTime() - start) / OPERATIONS;
    }

    private static long collected(Supplier<Tensor> java) {
        long start = System.nanoTime();
        for (int i = 0; i < LEFT_TO_THE_COLLECTOR; i++) {
            java.get();
        }
        return (System.nanoTime() - start) / LEFT_TO_THE_COLLECTOR;
    }

    private static long closed(Supplier<Tensor> java) {
        long start = System.nanoTime();
        for (int i = 0; i < OPERATIONS; i++) {
            java.get().close();
        }
        return (System.nanoTime() - start) / OPERATIONS;
    }
}
