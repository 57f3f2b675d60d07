package org.torchbridge.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.torchbridge.DType;
import org.torchbridge.Scalar;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Values of Python's in Java, compared with those that Python got. */
public final class Values {
    private Values() {}

    /** Compares all that is in two values; tensors and fractions may differ by {@code tolerance}, absolute and relative. */
    public static void assertClose(String name, Object actual, Object expected, double tolerance) {
        if (expected instanceof Tensor right) {
            assertThat(actual).as(name).isInstanceOf(Tensor.class);
            assertTensorsClose(name, (Tensor) actual, right, tolerance);
        } else if (expected instanceof List<?> right) {
            assertThat(actual).as(name).isInstanceOf(List.class);
            List<?> list = (List<?>) actual;
            assertThat(list).as(name).hasSize(right.size());
            for (int i = 0; i < right.size(); i++) {
                assertClose(name + "[" + i + "]", list.get(i), right.get(i), tolerance);
            }
        } else if (expected instanceof Map<?, ?> right) {
            assertThat(actual).as(name).isInstanceOf(Map.class);
            Map<?, ?> map = (Map<?, ?>) actual;
            assertThat(map.keySet().toString())
                    .as(name)
                    .isEqualTo(right.keySet().toString());
            right.forEach((key, value) -> assertClose(name + "[" + key + "]", map.get(key), value, tolerance));
        } else if (expected instanceof Scalar number && number.isComplex()) {
            assertThat(actual).as(name).isEqualTo(number);
        } else {
            assertThat(actual).as(name).isEqualTo(expected);
        }
    }

    private static void assertTensorsClose(String name, Tensor actual, Tensor expected, double tolerance) {
        assertThat(actual.dtype()).as(name).isEqualTo(expected.dtype());
        assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
        DType wide = expected.isComplex() ? DType.COMPLEX128 : DType.FLOAT64;
        assertThat(Torch.allclose(actual.detach().to(wide), expected.detach().to(wide), tolerance, tolerance, true))
                .as("%s: %s, and in Python %s", name, actual, expected)
                .isTrue();
    }
}
