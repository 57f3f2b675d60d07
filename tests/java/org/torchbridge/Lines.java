package org.torchbridge;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Reads test resources of lines with fields between tabs. */
public final class Lines {
    private Lines() {}

    public static List<List<String>> of(String resource) {
        try (InputStream in = Lines.class.getResourceAsStream(resource);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().map(line -> List.of(line.split("\t", -1))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The whole numbers in a field, which spaces separate. */
    public static long[] longs(String field) {
        return field.isBlank()
                ? new long[0]
                : Arrays.stream(field.trim().split(" "))
                        .mapToLong(Long::parseLong)
                        .toArray();
    }

    /** The numbers in a field, which spaces separate. */
    public static double[] doubles(String field) {
        return field.isBlank()
                ? new double[0]
                : Arrays.stream(field.trim().split(" "))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
    }
}
