package org.torchbridge.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.torchbridge.DType;
import org.torchbridge.Layout;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** A tensor that Python wrote: its type, its shape and its elements, two for each complex number. */
final class GoldenTensor {
    private final DType dtype;
    private final long[] shape;
    private final double[] elements;

    private GoldenTensor(DType dtype, long[] shape, double[] elements) {
        this.dtype = dtype;
        this.shape = shape;
        this.elements = elements;
    }

    /** {@code "float32 [2,3] <base64>"}; half types are written as float32, whole numbers and booleans as int64. */
    static GoldenTensor decode(String text) {
        String[] words = text.split(" ", -1);
        DType dtype = DType.valueOf(words[0].toUpperCase(Locale.ROOT));
        String sizes = words[1].substring(1, words[1].length() - 1);
        long[] shape = sizes.isEmpty()
                ? new long[0]
                : Arrays.stream(sizes.split(",")).mapToLong(Long::parseLong).toArray();
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(words[2])).order(ByteOrder.LITTLE_ENDIAN);
        boolean single =
                (dtype.isFloatingPoint() || dtype.isComplex()) && dtype != DType.FLOAT64 && dtype != DType.COMPLEX128;
        double[] elements = new double[bytes.remaining() / (single ? Float.BYTES : Double.BYTES)];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = single
                    ? bytes.getFloat()
                    : dtype == DType.FLOAT64 || dtype == DType.COMPLEX128 ? bytes.getDouble() : bytes.getLong();
        }
        return new GoldenTensor(dtype, shape, elements);
    }

    /** Checks type, shape and every element. */
    void assertSame(String name, Tensor actual) {
        assertThat(assertClose(name, actual, 0)).as(name).isZero();
    }

    /**
     * Checks type and shape, and that no element is off by more than {@code tolerance} times the largest one.
     *
     * @return by how much the worst element is off
     */
    double assertClose(String name, Tensor given, double tolerance) {
        Tensor actual = given.layout() == Layout.SPARSE_COO ? given.toDense() : given;
        assertThat(actual.dtype()).as(name + ": type").isEqualTo(dtype);
        Tensor real = dtype.isComplex() ? Torch.viewAsReal(actual.resolveConj()) : actual;
        assertThat(real.shape()).as(name + ": shape").isEqualTo(shape);
        double[] values = real.detach().to(DType.FLOAT64).toDoubleArray();
        double largest = Float.MIN_NORMAL;
        double difference = 0;
        for (int i = 0; i < elements.length; i++) {
            if (elements[i] == values[i] || Double.isNaN(elements[i]) && Double.isNaN(values[i])) {
                largest = Double.isFinite(elements[i]) ? Math.max(largest, Math.abs(elements[i])) : largest;
                continue;
            }
            assertThat(Double.isFinite(values[i]) && Double.isFinite(elements[i]))
                    .as(name + ": element " + i + " is " + values[i] + " and not " + elements[i])
                    .isTrue();
            largest = Math.max(largest, Math.abs(elements[i]));
            difference = Math.max(difference, Math.abs(elements[i] - values[i]));
        }
        assertThat(difference / largest)
                .as(name + ": the largest difference, relative to the largest element; " + Arrays.toString(values)
                        + " and not " + Arrays.toString(elements))
                .isLessThanOrEqualTo(tolerance);
        return difference / largest;
    }
}
