package org.torchbridge.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.JitModule;

/**
 * TorchScript source, to be compiled.
 *
 * @param text definitions of functions
 * @param constants whole numbers that are attributes of {@code torch}, such as {@code float32}
 */
record ScriptSource(String text, Map<String, Long> constants) {
    private static final Pattern NATIVE_STACK = Pattern.compile("(?s)\nException raised from .*");
    private static final Pattern ADDRESS = Pattern.compile(" \\(of Python compilation unit at: \\w+\\)");
    private static final Pattern EMPTY_LINE = Pattern.compile("(?m)^\\s*:?\\s*\\n");

    /** Defines methods of a module. */
    void define(JitModule module) {
        define(module.address(), 0);
    }

    /** Defines functions; the result is their addresses, in their order. */
    long[] define(CompilationUnit unit) {
        long[] functions = define(0, unit.address());
        if (functions.length == 0) {
            throw new IllegalArgumentException("the source has no function in it");
        }
        return functions;
    }

    private long[] define(long object, long unit) {
        String[] names = constants.keySet().toArray(String[]::new);
        long[] values = constants.values().stream().mapToLong(Long::longValue).toArray();
        Object result = NativeSource.define(object, unit, (text + "\n").getBytes(UTF_8), names, values);
        if (result instanceof byte[] message) {
            throw new IllegalArgumentException(
                    "the source cannot be compiled:\n" + forPeople(new String(message, UTF_8)));
        }
        return (long[]) result;
    }

    /** What the compiler says, without the C++ stack, addresses and empty lines. */
    static String forPeople(String message) {
        String text = NATIVE_STACK.matcher(message).replaceFirst("");
        text = ADDRESS.matcher(text).replaceAll("");
        return EMPTY_LINE.matcher(text + "\n").replaceAll("").stripTrailing();
    }
}
