package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.torchbridge.Tensor;
import org.torchbridge.testing.Resources;

/** Reads what tests/python/make_nn.py and make_optim.py wrote. */
public final class Golden {
    private final Map<String, Values> values = new LinkedHashMap<>();

    private record Values(long[] shape, float[] elements) {}

    private Golden() {}

    /** The tensors of a value file, such as {@code "/optim/training.txt"}. */
    public static Golden values(String resource) {
        Golden golden = new Golden();
        for (String line : Resources.text(resource).split("\n")) {
            String[] words = line.split(" ");
            String shape = words[1].substring(1, words[1].length() - 1);
            long[] sizes = shape.isEmpty()
                    ? new long[0]
                    : Arrays.stream(shape.split(",")).mapToLong(Long::parseLong).toArray();
            float[] elements = new float[words.length - 2];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = Float.intBitsToFloat(Integer.parseUnsignedInt(words[i + 2], 16));
            }
            golden.values.put(words[0], new Values(sizes, elements));
        }
        return golden;
    }

    /** The sections of a text file, by name. */
    public static Map<String, String> texts(String resource) {
        Map<String, String> sections = new LinkedHashMap<>();
        for (String section : Resources.text(resource).substring("== ".length()).split("\n== ")) {
            int end = section.indexOf('\n');
            sections.put(section.substring(0, end), section.substring(end + 1).stripTrailing());
        }
        return sections;
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** Checks shape and every bit. */
    public void assertSame(String name, Tensor actual) {
        assertThat(actual.shape()).as(name).isEqualTo(values.get(name).shape);
        assertThat(actual.toFloatArray()).as(name).isEqualTo(values.get(name).elements);
    }

    /** Checks the shape, and that no element is off by more than {@code relative} times the largest one. */
    public void assertClose(String name, Tensor actual, double relative) {
        assertThat(actual.shape()).as(name).isEqualTo(values.get(name).shape);
        assertThat(distance(name, actual)).as(name).isLessThanOrEqualTo(relative);
    }

    private double distance(String name, Tensor actual) {
        float[] expected = values.get(name).elements;
        float[] given = actual.toFloatArray();
        double largest = Float.MIN_NORMAL;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(expected[i] - given[i]));
        }
        return difference / largest;
    }
}
