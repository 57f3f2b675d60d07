package org.torchbridge;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.KernelFailures;

/**
 * Something that libtorch, or this library on its behalf, refused to do. The message is libtorch's first line, or says
 * what was given and what was expected; {@link #nativeTrace()} has all that libtorch said.
 */
public class TorchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final Pattern PROGRAM_FAILURE =
            Pattern.compile("(?s)^The following operation failed.*\n(?:[\\w.]+(?:Error|Exception)): ([^\n]+)");

    private final @Nullable String nativeTrace;

    public TorchException(String message) {
        this(message, (Throwable) null);
    }

    public TorchException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.nativeTrace = null;
    }

    TorchException(String message, String nativeTrace) {
        super(message);
        this.nativeTrace = nativeTrace;
    }

    /** Called from native code with all that libtorch said, and where a failed backward began, if that is known. */
    static void raise(byte[] utf8, boolean outOfMemory, @Nullable Throwable forwardCall) {
        String trace = new String(utf8, StandardCharsets.UTF_8);
        Throwable cause = KernelFailures.take(trace);
        String message = KernelFailures.withoutNumbers(message(trace));
        TorchException exception =
                outOfMemory ? new OutOfMemoryException(message, trace) : new TorchException(message, trace);
        if (cause != null) {
            exception.initCause(cause);
        }
        if (forwardCall != null) {
            exception.addSuppressed(forwardCall);
        }
        throw exception;
    }

    /** The first line; where a TorchScript program failed, the last, as Python's traces have it. */
    private static String message(String trace) {
        Matcher failure = PROGRAM_FAILURE.matcher(trace);
        return failure.find()
                ? failure.group(1)
                : trace.lines()
                        .filter(line -> !line.isBlank())
                        .findFirst()
                        .orElse("libtorch failed and did not say why");
    }

    /** Everything libtorch said, several lines as a rule, or {@code null} if the error did not come from libtorch. */
    public @Nullable String nativeTrace() {
        return nativeTrace;
    }
}
