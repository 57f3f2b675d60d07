package org.torchbridge.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.torchbridge.TorchException;

/** How long calls took that several threads made at the same time, each thread one call after another. */
final class Latencies {
    private static final int WARM_UP = 3;

    private long[] nanoseconds = {};
    private double seconds;

    /** Calls from {@code callers} threads for a while, and adds what was measured. */
    void measure(Runnable call, int callers, double duration) {
        // New threads each time: a thread keeps the number of threads of its first operator.
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            CountDownLatch ready = new CountDownLatch(callers);
            List<Future<long[]>> results = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                results.add(threads.submit(() -> caller(call, ready, duration)));
            }
            ready.await();
            long start = System.nanoTime();
            for (Future<long[]> result : results) {
                nanoseconds = LongStream.concat(Arrays.stream(nanoseconds), Arrays.stream(result.get()))
                        .toArray();
            }
            seconds += (System.nanoTime() - start) / 1e9;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new TorchException(e.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            threads.shutdown();
        }
    }

    private static long[] caller(Runnable call, CountDownLatch ready, double duration) throws InterruptedException {
        try {
            for (int i = 0; i < WARM_UP; i++) {
                call.run();
            }
        } finally {
            ready.countDown();
        }
        ready.await();
        LongStream.Builder times = LongStream.builder();
        long begin = System.nanoTime();
        long now = begin;
        while (now - begin < duration * 1e9) {
            call.run();
            long end = System.nanoTime();
            times.add(end - now);
            now = end;
        }
        return times.build().toArray();
    }

    /** The time in milliseconds that a part of the calls stayed below. */
    double milliseconds(double part) {
        long[] sorted = nanoseconds.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(part * sorted.length) - 1] / 1e6;
    }

    double callsPerSecond() {
        return nanoseconds.length / seconds;
    }
}
