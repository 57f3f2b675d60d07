package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.torchbridge.DType;
import org.torchbridge.Tensor;

/** The files that tests/python/make_tensor_files.py made, and what it says is in them. */
final class TensorFiles {
    /** A line of expected.tsv; the elements as bytes, little-endian and row after row, in hexadecimal digits. */
    record Expected(DType dtype, String shape, String bytes) {}

    private TensorFiles() {}

    static Path path(String name) {
        return Path.of("tests", "resources", "tensor_files", name);
    }

    /** What is in a file, by key. */
    static Map<String, Expected> expected(String file) {
        Map<String, Expected> expected = new LinkedHashMap<>();
        for (String line : lines()) {
            String[] parts = line.split("\t", -1);
            if (parts[0].equals(file)) {
                expected.put(json(parts[1]), new Expected(DType.parse(parts[2]), parts[3], parts[4]));
            }
        }
        return expected;
    }

    /** The files whose name ends with {@code ending}. */
    static List<String> files(String ending) {
        return lines().stream()
                .map(line -> line.substring(0, line.indexOf('\t')))
                .filter(name -> name.endsWith(ending))
                .distinct()
                .toList();
    }

    static void assertEqual(Map<String, Tensor> actual, Map<String, Expected> expected) {
        assertThat(actual.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        expected.forEach((key, each) -> assertEqual(key, actual.get(key), each));
    }

    static void assertEqual(String key, Tensor actual, Expected expected) {
        assertThat(actual.dtype()).as(key).isEqualTo(expected.dtype());
        assertThat(Arrays.toString(actual.shape())).as(key).isEqualTo(expected.shape());
        assertThat(hex(actual)).as(key).isEqualTo(expected.bytes());
    }

    /** The elements as bytes. */
    static String hex(Tensor tensor) {
        ByteBuffer buffer = TensorBytes.of(tensor).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** A text as JSON has it. */
    static String json(String literal) {
        try (JsonParser parser = new JsonFactory().createParser(literal)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines() {
        try {
            return new ArrayList<>(Files.readAllLines(path("expected.tsv")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
