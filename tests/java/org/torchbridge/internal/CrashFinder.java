package org.torchbridge.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compares everything and writes each outcome to a file as it goes, so that a crash of the JVM leaves its name as the
 * last one; started again, it goes on behind it. For making {@code operators-that-crash.txt} anew:
 *
 * <pre>{@code
 * while ! java ... org.torchbridge.internal.CrashFinder outcomes.txt [boxed]; do :; done
 * }</pre>
 */
public final class CrashFinder {
    private CrashFinder() {}

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        boolean boxedAlone = arguments.length > 1;
        Set<String> done = new HashSet<>();
        if (Files.exists(file)) {
            List<String> lines = Files.readAllLines(file);
            lines.forEach(line -> done.add(line.split("\t")[0]));
        }
        OperatorComparison comparison = new OperatorComparison();
        for (String symbol : comparison.symbols()) {
            for (Recipe recipe : Recipe.values()) {
                String name = symbol + " " + recipe;
                if (done.contains(name)) {
                    continue;
                }
                append(file, "\n" + name + "\t");
                if (boxedAlone) {
                    comparison.callBoxed(symbol, recipe);
                    append(file, "returned");
                } else {
                    OperatorComparison.Verdict verdict =
                            comparison.compare(symbol, recipe, comparison.nativeCall(symbol));
                    append(file, verdict.outcome() + "\t" + verdict.text().replaceAll("\\s+", " "));
                }
            }
        }
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
