package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.testing.ChildJvm;
import org.torchbridge.testing.ProcessMemory;

/** Who frees a tensor, and when. */
class MemoryTest {
    @Test
    void closedTensorIsRefusedAndClosingTwiceDoesNothing() {
        Tensor tensor = Torch.ones(3);
        tensor.close();
        tensor.close();
        assertThat(tensor.isClosed()).isTrue();
        assertThatThrownBy(tensor::relu)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this tensor was closed");
        assertThatThrownBy(() -> Torch.ones(3).add(tensor)).isInstanceOf(IllegalStateException.class);
        assertThat(tensor).hasToString("tensor(closed)");
    }

    @Test
    void memoryThatCannotTakeTheShapeIsLetGo() throws InterruptedException {
        ByteBuffer[] owner = {ByteBuffer.allocateDirect(8)};
        WeakReference<ByteBuffer> reference = new WeakReference<>(owner[0]);
        assertThatThrownBy(() -> NativeTensor.overMemory(
                        NativeTensor.bufferAddress(owner[0]),
                        8,
                        DType.FLOAT32.code(),
                        0,
                        new long[] {1000},
                        new long[] {1},
                        owner[0]))
                .isInstanceOf(TorchException.class);
        owner[0] = null;

        for (int i = 0; i < 50 && !reference.refersTo(null); i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(reference.refersTo(null)).isTrue();
    }

    @Test
    void viewOutlivesTheTensorItWasTakenFrom() {
        Tensor whole = Torch.arange(6);
        Tensor part = whole.get("2:4");
        whole.close();
        assertThat(part.toLongArray()).containsExactly(2, 3);
    }

    @Test
    void scopeFreesWhatItsThreadMade() {
        Tensor outside = Torch.ones(2);
        Tensor inside;
        Tensor kept;
        try (Scope scope = Scope.open()) {
            inside = outside.add(1);
            kept = scope.keep(outside.add(2));
            assertThat(scope.size()).isEqualTo(1);
        }
        assertThat(inside.isClosed()).isTrue();
        assertThat(kept.toFloatArray()).containsExactly(3, 3);
        assertThat(outside.isClosed()).isFalse();
    }

    @Test
    void keptTensorBelongsToTheNextScopeOut() {
        Tensor kept;
        try (Scope outer = Scope.open()) {
            try (Scope inner = Scope.open()) {
                kept = inner.keep(Torch.ones(2));
            }
            assertThat(kept.isClosed()).isFalse();
            assertThat(outer.size()).isEqualTo(1);
        }
        assertThat(kept.isClosed()).isTrue();
    }

    record Pair(Tensor first, List<Tensor> rest) {}

    @Test
    void callMovesTheTensorsOfItsResultOut() {
        List<Tensor> temporaries = new ArrayList<>();
        Pair pair = Scope.call(() -> {
            Tensor temporary = Torch.ones(2);
            temporaries.add(temporary);
            return new Pair(temporary.add(1), List.of(temporary.add(2), temporary.add(3)));
        });
        assertThat(temporaries.get(0).isClosed()).isTrue();
        assertThat(pair.first().toFloatArray()).containsExactly(2, 2);
        assertThat(pair.rest().get(1).toFloatArray()).containsExactly(4, 4);
        assertThat(Scope.call(() -> Map.of("a", Torch.ones(1))).get("a").isClosed())
                .isFalse();
    }

    @Test
    void closingInsideAScopeIsAllowed() {
        try (Scope scope = Scope.open()) {
            Tensor first = Torch.ones(1);
            Tensor second = Torch.ones(1);
            first.close();
            assertThat(scope.size()).isEqualTo(1);
            assertThat(second.toFloat()).isEqualTo(1);
        }
    }

    @Test
    void scopesAreClosedInTurnByTheirThread() throws Exception {
        Scope outer = Scope.open();
        Scope inner = Scope.open();
        assertThatThrownBy(outer::close).hasMessageContaining("close the inner one first");
        inner.close();
        inner.close();
        Thread other = new Thread(() -> assertThatThrownBy(outer::close).hasMessageContaining("may not close a scope"));
        other.start();
        other.join();
        outer.close();
        assertThat(Torch.ones(1).toFloat()).isEqualTo(1);
    }

    @Test
    void gradientsOutliveTheScopeOfTheStep() {
        Tensor weight = Torch.ones(2).requiresGrad(true);
        try (Scope scope = Scope.open()) {
            weight.mul(3).sum().backward();
        }
        assertThat(weight.grad().toFloatArray()).containsExactly(3, 3);
    }

    /** Prints by how many bytes a million small operations in scopes made the process and the tensors grow. */
    static final class MillionOperations {
        public static void main(String[] arguments) throws IOException {
            Tensor x = Torch.ones(4, 4);
            scopedOperations(x, 200_000);
            long resident = ProcessMemory.residentBytes();
            long tensors = Torch.memory().bytes();
            scopedOperations(x, 1_000_000);
            System.out.println(ProcessMemory.residentBytes() - resident + " "
                    + (Torch.memory().bytes() - tensors));
        }
    }

    @Test
    void millionScopedOperationsDoNotGrow() {
        // The Java heap is there from the start, so that what grows is native.
        ChildJvm.Result result = ChildJvm.run(MillionOperations.class, "-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch");
        assertThat(result.exitCode()).as(result.output()).isZero();
        String[] figures = result.output().trim().split(" ");
        assertThat(Long.parseLong(figures[0])).as("resident bytes").isLessThan(16L << 20);
        assertThat(Long.parseLong(figures[1])).as("bytes of tensors").isZero();
    }

    private static void scopedOperations(Tensor x, int count) {
        for (int i = 0; i < count / 100; i++) {
            try (Scope scope = Scope.open()) {
                for (int j = 0; j < 100; j++) {
                    x.relu();
                }
            }
        }
    }

    @Test
    void threadsWorkAtOnceScopedAndUnscoped() throws Exception {
        Tensor weight = Torch.ones(16, 16);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Double>> sums = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                boolean scoped = t % 2 == 0;
                sums.add(threads.submit(() -> sumOfProducts(weight, scoped)));
            }
            for (Future<Double> sum : sums) {
                assertThat(sum.get()).isEqualTo(2000 * 16.0 * 16 * 16);
            }
        } finally {
            threads.shutdown();
        }
    }

    private static double sumOfProducts(Tensor weight, boolean scoped) throws Exception {
        double sum = 0;
        for (int i = 0; i < 2000; i++) {
            Callable<Double> step = () -> weight.mm(weight).sum().toDouble();
            if (scoped) {
                try (Scope scope = Scope.open()) {
                    sum += step.call();
                }
            } else {
                sum += step.call();
            }
        }
        return sum;
    }

    /** The loop that leaks in other bindings: no scope, no close, a small Java heap. */
    static final class UnscopedLoop {
        public static void main(String[] arguments) throws IOException {
            Tensor weight = Torch.ones(16, 16, 3, 3);
            double[] ratios = new double[3];
            for (int round = 0; round < ratios.length; round++) {
                double scoped = seconds(() -> Scope.run(() -> convolve(weight)));
                ratios[round] = seconds(() -> convolve(weight)) / scoped;
            }
            Arrays.sort(ratios);
            System.out.println(ratios[1] + " " + (ProcessMemory.residentBytes() >> 20));
        }

        private static void convolve(Tensor weight) {
            Torch.conv2d(Torch.rand(1, 16, 256, 256), weight, null, new long[] {1}, new long[] {1});
        }

        private static double seconds(Runnable body) {
            long start = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                body.run();
            }
            return (System.nanoTime() - start) / 1e9;
        }
    }

    @Test
    void unscopedLoopOfFourMegabyteTensorsStaysSmallAndFast() {
        ChildJvm.Result result = ChildJvm.run(UnscopedLoop.class, "-Xmx256m");
        assertThat(result.exitCode()).as(result.output()).isZero();
        String[] figures = result.output().trim().split(" ");
        assertThat(Double.parseDouble(figures[0])).as("unscoped / scoped time").isLessThan(2);
        assertThat(Long.parseLong(figures[1])).as("resident MiB").isLessThan(1536);
    }

    /** Leaves tensors behind, on purpose. */
    static final class Leak {
        static final List<Tensor> LEFT = new ArrayList<>();

        public static void main(String[] arguments) {
            for (int i = 0; i < 7; i++) {
                LEFT.add(Torch.ones(4));
            }
            try (Scope scope = Scope.open()) {
                Torch.zeros(1);
                System.out.println(Torch.memory());
            }
        }
    }

    @Test
    void leakReportNamesTheLine() {
        String report = ChildJvm.run(Leak.class, "-Dtorchbridge.leaks=true").output();
        assertThat(report)
                .startsWith("8 tensors, ")
                .containsPattern("7 made at .*MemoryTest\\$Leak.main\\(MemoryTest.java:\\d+\\)");
    }
}
