package org.torchbridge.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.torchbridge.DType;

/** The files that tests/python/make_state_dicts.py made, and what it says is in them. */
final class StateDictFiles {
    /** A line of expected.tsv: tensors of one file with the same group share a storage. */
    record Expected(
            String file,
            String key,
            DType dtype,
            String shape,
            String strides,
            long offset,
            boolean requiresGrad,
            int group,
            double[] values) {
        private static Expected parse(String line) {
            String[] parts = line.split("\t", -1);
            return new Expected(
                    parts[0],
                    parts[1],
                    DType.parse(parts[2]),
                    parts[3],
                    parts[4],
                    Long.parseLong(parts[5]),
                    Boolean.parseBoolean(parts[6]),
                    Integer.parseInt(parts[7]),
                    numbers(parts[8]));
        }

        private static double[] numbers(String text) {
            return text.isEmpty()
                    ? new double[0]
                    : Arrays.stream(text.split(" "))
                            .flatMapToDouble(Expected::number)
                            .toArray();
        }

        private static DoubleStream number(String text) {
            return DoubleStream.of(
                    switch (text) {
                        case "inf" -> Double.POSITIVE_INFINITY;
                        case "-inf" -> Double.NEGATIVE_INFINITY;
                        case "nan" -> Double.NaN;
                        default -> Double.parseDouble(text);
                    });
        }
    }

    private StateDictFiles() {}

    static Path path(String name) {
        return Path.of("tests", "resources", "state_dicts", name);
    }

    /** The expected tensors by file and key. */
    static Map<String, Map<String, Expected>> expected() {
        try (Stream<String> lines = Files.lines(path("expected.tsv"))) {
            return lines.map(Expected::parse)
                    .collect(Collectors.groupingBy(
                            Expected::file,
                            LinkedHashMap::new,
                            Collectors.toMap(Expected::key, each -> each, (a, b) -> a, LinkedHashMap::new)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
