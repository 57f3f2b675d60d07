package org.torchbridge.internal;

import java.util.regex.Pattern;

/** What TorchScript's compiler says, for people: without the C++ stack, empty lines and lonely colons. */
final class CompilerMessages {
    private static final Pattern NATIVE_STACK = Pattern.compile("(?s)\\nException raised from .*");
    private static final Pattern NOISE = Pattern.compile("(?m)^\\s*:?\\s*\\n");

    private CompilerMessages() {}

    static String cleaned(String message) {
        String first = NATIVE_STACK.matcher(message).replaceFirst("");
        return NOISE.matcher(first + "\n").replaceAll("").stripTrailing();
    }
}
