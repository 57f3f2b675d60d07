package org.torchbridge.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.torchbridge.ThreadMode;
import org.torchbridge.internal.NativeProfiler;

/**
 * Tells which operators run in a block, how often, and how long on the CPU.
 *
 * <pre>{@code
 * Profiler profiler = Profiler.open();
 * try (profiler) {
 *     model.call(x).sum().backward();
 * }
 * System.out.println(profiler.table());
 * }</pre>
 *
 * <p>What the thread of the block runs is counted, with the backwards it starts; operators on a GPU count with the time it
 * takes to start them. There is one profiler at a time. Of Python's <a
 * href="https://pytorch.org/docs/stable/autograd.html#profiler">torch.autograd.profiler.profile</a> this is
 * {@code key_averages} without shapes, memory and traces.
 */
public final class Profiler extends ThreadMode {
    private static final AtomicBoolean RUNNING = new AtomicBoolean();

    private final List<Average> averages;

    /**
     * What is known about one function.
     *
     * @param name {@code "aten::mm"}, or the name of a node
     * @param count how often it ran
     * @param cpuTime nanoseconds in it
     * @param selfCpuTime nanoseconds in it without the functions it called
     */
    public record Average(String name, long count, long cpuTime, long selfCpuTime) {}

    private Profiler(long handle, List<Average> averages) {
        super(() -> stop(handle, averages));
        this.averages = averages;
    }

    /**
     * Starts to count, until it is closed.
     *
     * @throws IllegalStateException if another profiler is running
     */
    public static Profiler open() {
        if (!RUNNING.compareAndSet(false, true)) {
            throw new IllegalStateException("another profiler is running; one at a time is possible");
        }
        return new Profiler(NativeProfiler.start(), new ArrayList<>());
    }

    private static void stop(long handle, List<Average> averages) {
        NativeProfiler.stop(handle)
                .lines()
                .map(Profiler::parse)
                .sorted(Comparator.comparingLong(Average::selfCpuTime).reversed())
                .forEach(averages::add);
        RUNNING.set(false);
    }

    private static Average parse(String line) {
        String[] words = line.split("\t");
        return new Average(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
    }

    /** What ran in the block, the longest first; empty until the block has ended. */
    public List<Average> keyAverages() {
        return Collections.unmodifiableList(averages);
    }

    /** {@link #keyAverages} as text, in microseconds. */
    public String table() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-50s %12s %12s %12s %10s%n",
                "Name",
                "Self CPU us",
                "CPU total us",
                "CPU avg us",
                "Calls"));
        for (Average each : averages) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-50s %12.1f %12.1f %12.1f %10d%n",
                    each.name(),
                    each.selfCpuTime() / 1e3,
                    each.cpuTime() / 1e3,
                    each.cpuTime() / 1e3 / each.count(),
                    each.count()));
        }
        return text.toString();
    }
}
