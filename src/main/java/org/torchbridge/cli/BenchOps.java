package org.torchbridge.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
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
    private static final int FEW = 1000;

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
        PrintWriter out = spec.commandLine().getOut();
        LongSupplier floor = () -> NativeFloor.operator(operator, a.handle(), b.handle(), OPERATIONS) / OPERATIONS;
        new Comparison(title, "us an operation", 1e3)
                .add("C++ loop", 0, floor)
                .add("Java, in a scope", 1.25, () -> scoped(java))
                .add("Java, closed at once", 0, () -> closed(java))
                .print(out);
        // By itself: what is freed on another thread leaves the native heap in pieces, which slows all others down.
        new Comparison(title + ", left to the garbage collector", "us an operation", 1e3)
                .add("C++ loop", 0, floor)
                .add("Java", 1.7, () -> collected(java))
                .print(out);
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
        long time = (System.nanoTime() - start) / LEFT_TO_THE_COLLECTOR;
        settle();
        return time;
    }

    /** Waits until what was left behind is freed, which would slow the next way down. */
    private static void settle() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        System.gc();
        while (Torch.memory().tensors() > FEW && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static long closed(Supplier<Tensor> java) {
        long start = System.nanoTime();
        for (int i = 0; i < OPERATIONS; i++) {
            java.get().close();
        }
        return (System.nanoTime() - start) / OPERATIONS;
    }
}
