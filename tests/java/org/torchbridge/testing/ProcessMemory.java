package org.torchbridge.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.torchbridge.Scope;

/** What the operating system says of this process. */
public final class ProcessMemory {
    private static final long PAGE_BYTES = 4096;
    private static final String GROWTH = "growth: ";

    private ProcessMemory() {}

    /** The memory that the process occupies; 0 where only Linux would tell. */
    public static long residentBytes() throws IOException {
        Path statm = Path.of("/proc/self/statm");
        return Files.exists(statm)
                ? PAGE_BYTES * Long.parseLong(Files.readString(statm).split(" ")[1])
                : 0;
    }

    /**
     * What a program that calls {@link #printGrowth} prints, in a JVM whose heap is there from the start: what grows is
     * native memory.
     */
    public static List<Long> growthIn(Class<?> main, String... options) {
        List<String> all = new ArrayList<>(List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"));
        all.addAll(List.of(options));
        ChildJvm.Result result = ChildJvm.run(main, all.toArray(new String[0]));
        List<Long> growth = new ArrayList<>();
        for (String line : result.output().split("\n")) {
            if (line.startsWith(GROWTH)) {
                growth.add(Long.parseLong(line.substring(GROWTH.length())));
            }
        }
        if (result.exitCode() != 0 || growth.isEmpty()) {
            throw new AssertionError(result.output());
        }
        return growth;
    }

    /** Prints how much the process grows over {@code runs} of an action, each in a scope, after {@code warmUp} others. */
    public static void printGrowth(int warmUp, int runs, Runnable action) throws IOException {
        repeat(warmUp, action);
        long before = residentBytes();
        repeat(runs, action);
        System.out.println(GROWTH + (residentBytes() - before));
    }

    private static void repeat(int runs, Runnable action) {
        for (int i = 0; i < runs; i++) {
            try (Scope scope = Scope.open()) {
                action.run();
            }
        }
        System.gc();
    }
}
