package org.torchbridge.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * Reads values of Python from lines of JSON: dictionaries, lists, texts, {@code Long}, {@code Double}, {@code Boolean},
 * null; {@code {"bits": ..., "shape": ...}} is a tensor, a key of digits a number.
 */
public final class JsonLines {
    private final String text;
    private int position;

    private JsonLines(String text) {
        this.text = text;
    }

    /** The objects of a resource such as {@code "/optim/state_dicts.jsonl"}, by their {@code "name"}. */
    public static Map<String, Map<String, Object>> byName(String resource) {
        try (InputStream stream = JsonLines.class.getResourceAsStream(resource)) {
            Map<String, Map<String, Object>> byName = new LinkedHashMap<>();
            for (String line : new String(stream.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                Map<String, Object> value = dict(new JsonLines(line).value());
                byName.put((String) value.get("name"), value);
            }
            return byName;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    public static Map<String, Object> dict(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    public static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    private Object value() {
        char first = next();
        return switch (first) {
            case '{' -> dictOrTensor();
            case '[' -> elements();
            case '"' -> string();
            default -> word(first);
        };
    }

    private Object dictOrTensor() {
        Map<Object, Object> dict = new LinkedHashMap<>();
        for (char c = next(); c != '}'; c = next()) {
            if (c == '"') {
                String key = string();
                next();
                dict.put(key.matches("\\d+") ? (Object) Long.valueOf(key) : key, value());
            }
        }
        return dict.containsKey("bits") ? tensor(dict) : dict;
    }

    private List<Object> elements() {
        List<Object> list = new ArrayList<>();
        for (char c = next(); c != ']'; c = next()) {
            if (c != ',') {
                position--;
                list.add(value());
            }
        }
        return list;
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        for (char c = text.charAt(position++); c != '"'; c = text.charAt(position++)) {
            char escaped = c == '\\' ? text.charAt(position++) : c;
            string.append(c == '\\' && escaped == 'n' ? '\n' : escaped);
        }
        return string.toString();
    }

    private Object word(char first) {
        StringBuilder word = new StringBuilder().append(first);
        while (position < text.length() && ",]} ".indexOf(text.charAt(position)) < 0) {
            word.append(text.charAt(position++));
        }
        return switch (word.toString()) {
            case "null" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> word.toString().matches("-?\\d+")
                    ? (Object) Long.valueOf(word.toString())
                    : Double.valueOf(word.toString());
        };
    }

    private char next() {
        while (text.charAt(position) == ' ') {
            position++;
        }
        return text.charAt(position++);
    }

    private static Tensor tensor(Map<Object, Object> dict) {
        long[] shape =
                list(dict.get("shape")).stream().mapToLong(size -> (Long) size).toArray();
        String[] words = Stream.of(((String) dict.get("bits")).split(" "))
                .filter(word -> !word.isEmpty())
                .toArray(String[]::new);
        float[] elements = new float[words.length];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = Float.intBitsToFloat(Integer.parseUnsignedInt(words[i], 16));
        }
        return Torch.tensor(elements).reshape(shape);
    }
}
