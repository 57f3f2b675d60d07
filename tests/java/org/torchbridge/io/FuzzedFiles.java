package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.torchbridge.Layout;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.internal.NativeMemory;

/**
 * Reads files that were changed at random, and uses what comes of it. A file is read or refused; anything else, a crash, a
 * hang or memory out of proportion, is a failure, and its file is kept in {@code target/fuzz-failures}. Subclasses say what
 * the files are.
 *
 * <p>As a rule it does the same each time; {@code -Dtorchbridge.fuzz.minutes=30} has it run so long
 * with a new seed, and {@code -Dtorchbridge.fuzz.seed=7} with that one.
 */
abstract class FuzzedFiles {
    private static final long FIXED_SEED = 20;
    private static final double MINUTES = Double.parseDouble(System.getProperty("torchbridge.fuzz.minutes", "0"));
    private static final Path FAILURES = Path.of("target", "fuzz-failures");

    private static final long SECONDS_TO_READ = 10;
    private static final long MEMORY_FACTOR = 16;
    private static final long MEMORY_MINIMUM = 8 << 20;
    private static final long MAX_USED_ELEMENTS = 1 << 20;

    private final long seed = Long.getLong("torchbridge.fuzz.seed", MINUTES > 0 ? System.nanoTime() : FIXED_SEED);
    private final int files;
    private final FileMutations mutations = new FileMutations();
    private final long end = System.nanoTime() + (long) (MINUTES * TimeUnit.MINUTES.toNanos(1));

    private volatile int tried;
    private volatile int read;
    private volatile long started;
    private volatile long memoryLimit = Long.MAX_VALUE;
    private volatile @Nullable Throwable failure;

    /** @param files how many are tried as a rule */
    FuzzedFiles(int files) {
        this.files = files;
    }

    @Test
    void changedFilesAreReadOrRefused() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(FAILURES.resolve(getClass().getSimpleName() + "-" + seed));
        addGoodFiles(mutations, folder);
        Thread reader = new Thread(() -> readAll(folder), "fuzz");
        started = System.nanoTime();
        reader.setDaemon(true);
        reader.start();
        while (reader.isAlive() && !hangs()) {
            reader.join(1);
            watchMemory();
        }
        Throwable problem = hangs() && reader.isAlive() ? hang(reader) : failure;
        System.out.println("fuzz: seed " + seed + ", " + tried + " files, of which " + read + " could be read");
        assertThat(problem)
                .as("file %d of seed %d, which is in %s%n%s", tried, seed, folder, trace(problem))
                .isNull();
        deleteAll(folder);
        assertThat(tried).isGreaterThan(100);
        assertThat(read).isBetween(tried / 50, tried * 49 / 50);
    }

    private boolean hangs() {
        return System.nanoTime() - started > TimeUnit.SECONDS.toNanos(SECONDS_TO_READ);
    }

    /** Compares what is in use with what the file that is being read may use, if it is the same one before and after. */
    private void watchMemory() {
        int file = tried;
        long limit = memoryLimit;
        long bytes = NativeMemory.liveBytes();
        if (bytes > limit && limit == memoryLimit && file == tried) {
            failure = new AssertionError("reading takes " + bytes + " bytes of memory, over " + limit);
        }
    }

    private static Throwable hang(Thread reader) {
        Throwable hang = new AssertionError("reading takes more than " + SECONDS_TO_READ + " seconds");
        hang.setStackTrace(reader.getStackTrace());
        return hang;
    }

    private static String trace(@Nullable Throwable problem) {
        StringWriter text = new StringWriter();
        if (problem != null) {
            problem.printStackTrace(new PrintWriter(text));
        }
        return text.toString();
    }

    /** Adds the files that are changed; what they need beside them goes into {@code folder}. */
    abstract void addGoodFiles(FileMutations mutations, Path folder) throws IOException;

    /** Reads a file and uses it; {@code afterReading} is called in between. */
    abstract void use(Path file, Runnable afterReading) throws IOException;

    private void readAll(Path folder) {
        Random random = new Random(seed);
        List<String> names = mutations.names();
        try {
            while (failure == null && (MINUTES > 0 ? System.nanoTime() < end : tried < files)) {
                String name = names.get(random.nextInt(names.size()));
                byte[] bytes = mutations.mutate(name, random);
                // A new file each time, which is there until it was read: that is what a crash leaves behind.
                Path file = Files.write(folder.resolve(tried + "-" + name), bytes);
                started = System.nanoTime();
                read(file);
                if (failure == null) {
                    Files.delete(file);
                    tried++;
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void read(Path file) throws IOException {
        try (Scope scope = Scope.open()) {
            memoryLimit = NativeMemory.liveBytes() + Math.max(MEMORY_MINIMUM, MEMORY_FACTOR * Files.size(file));
            use(file, this::afterReading);
            read++;
        } catch (TorchException expected) {
            // Refused, or of a kind that holds no values.
        } finally {
            memoryLimit = Long.MAX_VALUE;
        }
    }

    private void afterReading() {
        assertThat(NativeMemory.liveBytes()).as("bytes in use").isLessThan(memoryLimit);
        memoryLimit = Long.MAX_VALUE;
    }

    /** Prints a tensor and reads all its elements. */
    static void use(Tensor tensor) {
        boolean readable = tensor.layout() == Layout.STRIDED
                && tensor.numel() <= MAX_USED_ELEMENTS
                && tensor.device().isCpu();
        if (!readable) {
            return;
        }
        try (Scope scope = Scope.open()) {
            tensor.detach().clone().isnan().any();
            tensor.toString();
        } catch (TorchException e) {
            // Some types have few operators.
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
