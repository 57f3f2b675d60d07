package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.torchbridge.DType;
import org.torchbridge.Lines;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** What Python computed: tests/python/make_autograd.py wrote it. */
final class Expected {
    private static final Map<String, List<String>> ROWS =
            Lines.of("/autograd/values.tsv").stream().collect(Collectors.toMap(row -> row.get(0), row -> row));

    private Expected() {}

    static String text(String name) {
        return ROWS.get(name).get(3);
    }

    /** Type, shape and values; the latter up to {@code relative} of the largest. */
    static void assertClose(String name, Tensor actual, double relative) {
        List<String> row = ROWS.get(name);
        Tensor real = actual.isComplex() ? Torch.viewAsReal(actual) : actual;
        double[] expected = Lines.doubles(row.get(3));
        double largest = 1e-30;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(real.dtype()).as(name).hasToString("torch." + row.get(1));
        assertThat(real.shape()).as(name).isEqualTo(Lines.longs(row.get(2)));
        double[] values = real.detach().reshape(-1).to(DType.FLOAT64).toDoubleArray();
        for (int i = 0; i < expected.length; i++) {
            assertThat(values[i]).as("%s, element %d", name, i).isCloseTo(expected[i], within(relative * largest));
        }
    }

    static void assertClose(String name, Tensor actual) {
        assertClose(name, actual, 1e-14);
    }

    static void assertAllClose(String name, List<Tensor> actual) {
        for (int i = 0; i < actual.size(); i++) {
            assertClose(name + "." + i, actual.get(i));
        }
    }

    /** A leaf of type {@code float64}. */
    static Tensor leaf(double... values) {
        return Torch.tensor((Object) values).requiresGrad_();
    }
}
