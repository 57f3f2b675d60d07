package org.torchbridge.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What kernels have thrown, under numbers. TorchScript's interpreter, and the presets, hand on nothing of an exception but
 * its text, so the number is in there.
 */
public final class KernelFailures {
    private static final Pattern NUMBER = Pattern.compile(" \\[Java exception (\\d+)]");

    /** Those that nobody asks for are forgotten after a while. */
    private static final int KEPT = 256;

    private static final Map<Long, Throwable> FAILURES = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Throwable> eldest) {
            return size() > KEPT;
        }
    };

    private static long last;

    private KernelFailures() {}

    /** Keeps {@code failure} and says what it is, for an exception's text. */
    static synchronized String keep(String operator, Throwable failure) {
        FAILURES.put(++last, failure);
        return operator + " [Java exception " + last + "] threw " + failure;
    }

    /** What a kernel has thrown, if that is why there is a text such as this. */
    public static synchronized @Nullable Throwable take(String text) {
        Matcher number = NUMBER.matcher(text);
        return number.find() ? FAILURES.remove(Long.valueOf(number.group(1))) : null;
    }

    /** The text for people. */
    public static String withoutNumbers(String text) {
        return NUMBER.matcher(text).replaceAll("");
    }
}
