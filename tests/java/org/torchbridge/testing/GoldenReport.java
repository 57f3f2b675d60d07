package org.torchbridge.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** How many rows of each family were compared and how far the worst was off: target/golden.tsv, when the JVM ends. */
final class GoldenReport {
    private static final Map<String, Family> FAMILIES = new ConcurrentSkipListMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(GoldenReport::write));
    }

    private record Family(int rows, double largest) {
        Family and(Family other) {
            return new Family(rows + other.rows, Math.max(largest, other.largest));
        }
    }

    private GoldenReport() {}

    static void add(String family, double difference) {
        FAMILIES.merge(family, new Family(1, difference), Family::and);
    }

    private static void write() {
        String table = FAMILIES.entrySet().stream()
                .map(entry -> entry.getKey() + "\t" + entry.getValue().rows + "\t" + entry.getValue().largest + "\n")
                .collect(Collectors.joining("", "family\trows\tlargest relative difference\n", ""));
        try {
            Files.writeString(Path.of("target", "golden.tsv"), table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
