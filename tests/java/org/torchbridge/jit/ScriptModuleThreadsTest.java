package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** One module, many threads: {@code -Dtorchbridge.seconds=600} tries longer. */
class ScriptModuleThreadsTest {
    private static final int THREADS = 8;
    private static final long SECONDS = Long.getLong("torchbridge.seconds", 5);

    private final ScriptModule model = Programs.load("net.pt");

    @Test
    void callsFromManyThreadsGiveTheSameNumbers() throws Exception {
        model.eval();
        Tensor input = Torch.randn(2, 1, 4, 4);
        Tensor expected = model.call(input).detach();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            Instant end = Instant.now().plus(Duration.ofSeconds(SECONDS));
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                counts.add(threads.submit(() -> calls(input, expected, end)));
            }
            long calls = 0;
            for (Future<Integer> count : counts) {
                assertThat(count.get()).isPositive();
                calls += count.get();
            }
            System.out.println(calls + " calls from " + THREADS + " threads in " + SECONDS + " seconds");
        } finally {
            threads.shutdownNow();
        }
    }

    private int calls(Tensor input, Tensor expected, Instant end) {
        int count = 0;
        while (Instant.now().isBefore(end)) {
            try (Scope scope = Scope.open();
                    GradMode mode = Torch.noGrad()) {
                assertThat(model.call(input).equal(expected)).isTrue();
                count++;
            }
        }
        return count;
    }
}
