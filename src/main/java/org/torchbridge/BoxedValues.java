package org.torchbridge;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers, and lists and arrays of boxed ones, as tensors, as Python takes them: booleans make {@code bool}, whole numbers
 * {@code int64}, others the default type, complex ones the complex type of the same precision; the widest of them counts.
 */
final class BoxedValues {
    private BoxedValues() {}

    /** The tensor of {@code values} in {@code dtype}, or in the type that they have by themselves. */
    static Tensor tensor(Object values, @Nullable DType dtype) {
        return Scope.call(() -> {
            Tensor exact = exact(values);
            return exact.to(dtype == null ? usual(exact.dtype()) : dtype);
        });
    }

    private static DType usual(DType exact) {
        DType real = Torch.getDefaultDType();
        return switch (exact) {
            case FLOAT64 -> real;
            case COMPLEX128 -> real == DType.FLOAT64
                    ? DType.COMPLEX128
                    : real == DType.FLOAT16 ? DType.COMPLEX32 : DType.COMPLEX64;
            default -> exact;
        };
    }

    /** In {@code bool}, {@code int64}, {@code float64} or {@code complex128}. */
    private static Tensor exact(Object rows) {
        List<Long> shape = new ArrayList<>();
        for (Object level = rows; isRow(level); level = length(level) == 0 ? null : element(level, 0)) {
            shape.add((long) length(level));
        }
        List<Object> leaves = new ArrayList<>();
        collect(rows, shape, 0, leaves);
        return ofLeaves(leaves, shape.stream().mapToLong(Long::longValue).toArray());
    }

    private static boolean isRow(Object value) {
        return value instanceof List<?> || value != null && value.getClass().isArray();
    }

    private static int length(Object row) {
        return row instanceof List<?> list ? list.size() : Array.getLength(row);
    }

    private static Object element(Object row, int index) {
        return row instanceof List<?> list ? list.get(index) : Array.get(row, index);
    }

    private static void collect(Object value, List<Long> shape, int dim, List<Object> leaves) {
        if (dim == shape.size()) {
            if (!(value instanceof Number || value instanceof Boolean)) {
                throw ArrayTransfer.unsupported(value);
            }
            leaves.add(value);
            return;
        }
        if (!isRow(value)) {
            throw new IllegalArgumentException("the values are ragged: " + value + " stands where a row of "
                    + shape.get(dim) + " elements is expected, as in the first row");
        }
        if (length(value) != shape.get(dim)) {
            throw ArrayTransfer.ragged(dim, length(value), shape.get(dim));
        }
        for (int i = 0; i < length(value); i++) {
            collect(element(value, i), shape, dim + 1, leaves);
        }
    }

    private static Tensor ofLeaves(List<Object> leaves, long[] shape) {
        if (leaves.stream().anyMatch(leaf -> leaf instanceof Scalar scalar && scalar.isComplex())) {
            return ofComplex(leaves, shape);
        }
        if (leaves.isEmpty() || leaves.stream().anyMatch(leaf -> kind(leaf) == Scalar.DOUBLE)) {
            double[] values = leaves.stream()
                    .mapToDouble(leaf -> number(leaf).doubleValue())
                    .toArray();
            return ArrayTransfer.fromFlat(values, shape);
        }
        if (leaves.stream().allMatch(leaf -> kind(leaf) == Scalar.BOOLEAN)) {
            boolean[] values = new boolean[leaves.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = Scalar.bits(number(leaves.get(i))) != 0;
            }
            return ArrayTransfer.fromFlat(values, shape);
        }
        return ArrayTransfer.fromFlat(
                leaves.stream().mapToLong(leaf -> Scalar.bits(number(leaf))).toArray(), shape);
    }

    private static Tensor ofComplex(List<Object> leaves, long[] shape) {
        double[] parts = new double[2 * leaves.size()];
        for (int i = 0; i < leaves.size(); i++) {
            Number number = number(leaves.get(i));
            parts[2 * i] = number instanceof Scalar scalar ? scalar.real() : number.doubleValue();
            parts[2 * i + 1] = number instanceof Scalar scalar ? scalar.imaginary() : 0;
        }
        return Torch.viewAsComplex(ArrayTransfer.fromFlat(parts, new long[] {leaves.size(), 2}))
                .reshape(shape);
    }

    private static Number number(Object leaf) {
        return leaf instanceof Boolean truth ? Scalar.of(truth) : (Number) leaf;
    }

    private static int kind(Object leaf) {
        return Scalar.kind(number(leaf));
    }
}
