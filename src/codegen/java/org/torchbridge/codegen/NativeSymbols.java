package org.torchbridge.codegen;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The operators that {@code libtorch_cpu.so} exports, read with binutils' {@code nm}, which comes with g++. */
final class NativeSymbols {
    private static final Pattern CALL = Pattern.compile(".* at::_ops::(\\w+)::call\\((.*)\\)");

    private NativeSymbols() {}

    /** The C++ parameter types of each operator's {@code call}, by the name of its struct. */
    static Map<String, List<String>> read(Path library) {
        Map<String, List<String>> symbols = new TreeMap<>();
        try {
            Process process = new ProcessBuilder("nm", "-DC", "--defined-only", library.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader lines = process.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Matcher call = CALL.matcher(line);
                    if (call.matches()) {
                        symbols.put(call.group(1), Schema.split(call.group(2)));
                    }
                }
            }
            if (symbols.isEmpty()) {
                throw new IllegalStateException(library + " exports no operators");
            }
            return symbols;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
