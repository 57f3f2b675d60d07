package org.torchbridge.jit;

import org.torchbridge.TorchException;
import org.torchbridge.internal.KernelFailures;

/** What the presets throw, for people: their exceptions have the whole C++ stack as a message. */
final class NativeFailures {
    private NativeFailures() {}

    /** The exception to throw in place of {@code failure}; exceptions of the library's own stay as they are. */
    static RuntimeException translated(RuntimeException failure) {
        if (failure.getClass() != RuntimeException.class) {
            return failure;
        }
        String text = failure.getMessage();
        Throwable cause = KernelFailures.take(text);
        String message = text.lines().filter(line -> !line.isBlank()).findFirst().orElse(text);
        return new TorchException(KernelFailures.withoutNumbers(message), cause == null ? failure : cause);
    }
}
