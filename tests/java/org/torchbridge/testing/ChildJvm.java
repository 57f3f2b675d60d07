package org.torchbridge.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own with this one's class path, for what depends on JVM options or would end the tests' JVM. */
public final class ChildJvm {
    private static final long TIMEOUT_SECONDS = 120;

    private final Process process;

    private ChildJvm(Process process) {
        this.process = process;
    }

    /** What a JVM printed, on both of its outputs, and its exit code. */
    public record Result(int exitCode, String output) {}

    /** Starts {@code main} with the given JVM options. */
    public static ChildJvm start(Class<?> main, String... options) {
        return start(List.of(), main, options);
    }

    /** Starts {@code main} through another command, such as a shell that sets limits. */
    public static ChildJvm start(List<String> wrapper, Class<?> main, String... options) {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Arrays.asList(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            // A JVM that is given options this way says so on its output.
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            return new ChildJvm(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number on the next line that it prints. */
    public int readNumber() {
        StringBuilder line = new StringBuilder();
        try {
            for (int c = process.getInputStream().read();
                    c >= 0 && c != '\n';
                    c = process.getInputStream().read()) {
                line.append((char) c);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Integer.parseInt(line.toString().strip());
    }

    /** Ends it at once, whatever it is doing. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for the end; a JVM that takes too long is stopped. */
    public Result await() {
        try {
            String output = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("the child JVM did not end; it printed: " + output);
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException(e);
        }
    }

    public static Result run(Class<?> main, String... options) {
        return start(main, options).await();
    }
}
