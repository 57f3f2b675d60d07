package org.torchbridge.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Python with PyTorch, which says what is right. The interpreter is {@code /usr/bin/python3}, or the one that the
 * property {@code torchbridge.python} names.
 */
public final class PythonOracle {
    private static final String INTERPRETER = System.getProperty("torchbridge.python", "/usr/bin/python3");
    private static final long LIMIT_MINUTES = 5;

    /** Why modules cannot be used, or nothing, for those that were asked for. */
    private static final Map<String, String> PROBLEMS = new ConcurrentHashMap<>();

    private PythonOracle() {}

    /** Skips the running test where Python cannot {@code import torch}; where CI is {@code true}, fails it instead. */
    public static void assumeAvailable() {
        assumeAvailable("torch");
    }

    /** The same for another module, which Debian has as {@code python3-MODULE}. */
    public static void assumeAvailable(String module) {
        String problem = PROBLEMS.computeIfAbsent(module, PythonOracle::ask);
        if (problem.isEmpty()) {
            return;
        }
        String message =
                "this test needs " + INTERPRETER + " with " + module + " (Debian: python3-" + module + "): " + problem;
        if ("true".equals(System.getenv("CI"))) {
            fail(message);
        }
        abort(message);
    }

    /**
     * Runs a script and returns what it printed on its standard output.
     *
     * @param script the text of the script; it finds the arguments in {@code sys.argv[1:]}
     * @throws AssertionError if the script fails; the message holds what it printed on its standard error
     */
    public static String run(String script, String... args) {
        assumeAvailable();
        return execute(script, args);
    }

    private static String execute(String script, String... args) {
        List<String> command = new ArrayList<>(List.of(INTERPRETER, "-c", script));
        command.addAll(Arrays.asList(args));
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            // Python must load its own libtorch, whatever this JVM was told about libraries.
            builder.environment().remove("LD_LIBRARY_PATH");
            builder.environment().remove("LD_PRELOAD");
            Process process = builder.start();
            process.getOutputStream().close();
            CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
            CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("Python did not end within " + LIMIT_MINUTES + " minutes");
            }
            if (process.exitValue() != 0) {
                throw new AssertionError("Python ended with code " + process.exitValue() + ":\n" + err.join());
            }
            return out.join();
        } catch (IOException e) {
            throw new AssertionError("Python could not be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for Python", e);
        }
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String ask(String module) {
        try {
            execute("import " + module);
            return "";
        } catch (AssertionError e) {
            return e.getMessage();
        }
    }
}
