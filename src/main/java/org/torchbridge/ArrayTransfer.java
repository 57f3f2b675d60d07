package org.torchbridge;

import java.lang.ref.Cleaner;
import java.lang.reflect.Array;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.torchbridge.internal.NativeTensor;

/** Java arrays, lists and buffers to tensors and back. */
final class ArrayTransfer {
    private static final Cleaner CLEANER = Cleaner.create();

    private ArrayTransfer() {}

    // ---- to Java

    /** All elements of {@code tensor}, converted to {@code type}, in an array that {@code make} makes. */
    static <A> A read(Tensor tensor, DType type, IntFunction<A> make) {
        try (Scope scope = Scope.open()) {
            Tensor dense = dense(tensor).to(type).contiguous();
            A array = make.apply(Math.toIntExact(dense.numel()));
            NativeTensor.copyToArray(dense.handle(), array, dense.numel() * type.itemSize());
            Arguments.keepAlive(dense);
            return array;
        }
    }

    static Object nested(Tensor tensor) {
        try (Scope scope = Scope.open()) {
            Tensor real = tensor.dtype().isComplex() ? Torch.viewAsReal(tensor.resolveConj()) : tensor;
            DType type = javaLike(dense(real).dtype());
            Object flat = read(real, type, length -> Array.newInstance(javaType(type), length));
            return fold(flat, real.shape(), 0, new int[1]);
        }
    }

    static ByteBuffer buffer(Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("the tensor is not contiguous; call contiguous() first");
        }
        Tensor holder = Scope.escape(tensor.alias());
        ByteBuffer buffer = NativeTensor.buffer(holder.handle());
        // Slices and views of the buffer refer to it, so its end is the end of them all.
        CLEANER.register(buffer, holder::close);
        return buffer;
    }

    /** The same numbers as an ordinary tensor in the main memory. */
    static Tensor dense(Tensor tensor) {
        Tensor dense = tensor.detach().cpu();
        if (dense.layout() != Layout.STRIDED) {
            dense = dense.toDense();
        }
        if (dense.dtype().isQuantized()) {
            dense = dense.dequantize();
        }
        return dense.resolveConj().resolveNeg();
    }

    private static DType javaLike(DType type) {
        return switch (type) {
            case BOOL, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64 -> type;
            case UINT8 -> DType.INT16;
            case UINT16 -> DType.INT32;
            case UINT32, UINT64 -> DType.INT64;
            default -> DType.FLOAT32;
        };
    }

    private static Class<?> javaType(DType type) {
        return switch (type) {
            case BOOL -> boolean.class;
            case INT8 -> byte.class;
            case INT16 -> short.class;
            case INT32 -> int.class;
            case INT64 -> long.class;
            case FLOAT64 -> double.class;
            default -> float.class;
        };
    }

    private static Object fold(Object flat, long[] shape, int dim, int[] next) {
        if (dim >= shape.length - 1) {
            int length = shape.length == 0 ? 1 : (int) shape[dim];
            Object row = Array.newInstance(flat.getClass().getComponentType(), length);
            System.arraycopy(flat, next[0], row, 0, length);
            next[0] += length;
            return row;
        }
        Class<?> rows = flat.getClass();
        for (int i = dim; i < shape.length - 2; i++) {
            rows = rows.arrayType();
        }
        Object result = Array.newInstance(rows, (int) shape[dim]);
        for (int i = 0; i < shape[dim]; i++) {
            Array.set(result, i, fold(flat, shape, dim + 1, next));
        }
        return result;
    }

    // ---- from Java

    /** A tensor with the values of a number, a boolean, an array of any rank, a list of any depth, or a buffer. */
    static Tensor tensor(Object values) {
        if (values instanceof Buffer buffer) {
            return fromArray(arrayOf(buffer));
        }
        Object array = values instanceof List<?> list ? arrayOf(list) : values;
        if (array instanceof Number || array instanceof Boolean || array instanceof Character) {
            return scalar(array);
        }
        return fromArray(array);
    }

    /** A tensor over a direct buffer's memory, which stays the buffer's and is kept alive. */
    static Tensor overBuffer(ByteBuffer buffer, DType type, long[] shape) {
        if (!buffer.isDirect() || buffer.isReadOnly()) {
            throw new IllegalArgumentException("only a direct buffer that is not read-only can be shared; this one is "
                    + (buffer.isDirect() ? "read-only" : "on the Java heap: use Torch.tensor to copy it"));
        }
        long[] strides = new long[shape.length];
        long numel = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = numel;
            numel = Math.multiplyExact(numel, shape[i]);
        }
        if (Math.multiplyExact(numel, type.itemSize()) > buffer.remaining()) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " of " + type + " needs "
                    + numel * type.itemSize() + " bytes; the buffer has " + buffer.remaining());
        }
        long address = NativeTensor.bufferAddress(buffer) + buffer.position();
        return Tensor.adopt(
                NativeTensor.overMemory(address, buffer.remaining(), type.code(), 0, shape, strides, buffer));
    }

    static Tensor overTensor(Tensor bytes) {
        if (bytes.dtype() != DType.UINT8 || !bytes.isContiguous()) {
            throw new IllegalArgumentException("a contiguous tensor of " + DType.UINT8 + " is expected; this one is "
                    + bytes.dtype() + (bytes.isContiguous() ? "" : " and not contiguous"));
        }
        Tensor holder = Scope.escape(bytes.alias());
        long[] shape = {holder.numel()};
        return Tensor.adopt(NativeTensor.overMemory(
                NativeTensor.dataAddress(holder.handle()),
                shape[0],
                DType.UINT8.code(),
                0,
                shape,
                new long[] {1},
                holder));
    }

    private static Tensor scalar(Object value) {
        if (value instanceof Boolean truth) {
            return Torch.full(new long[0], Scalar.of(truth), DType.BOOL);
        }
        if (value instanceof Character) {
            throw unsupported(value);
        }
        Number number = (Number) value;
        return Torch.full(new long[0], number, scalarType(number));
    }

    private static DType scalarType(Number number) {
        if (number instanceof Scalar scalar && scalar.isComplex()) {
            return Torch.getDefaultDType() == DType.FLOAT64 ? DType.COMPLEX128 : DType.COMPLEX64;
        }
        if (number instanceof Scalar scalar && scalar.isBoolean()) {
            return DType.BOOL;
        }
        return Scalar.kind(number) == Scalar.DOUBLE ? Torch.getDefaultDType() : DType.INT64;
    }

    private static Tensor fromArray(Object array) {
        if (!array.getClass().isArray()) {
            throw unsupported(array);
        }
        long[] shape = shapeOf(array);
        Object flat = flatten(array, shape);
        DType type = typeOf(flat);
        Tensor tensor = Torch.empty(shape, TensorOptions.of(type).device(Device.CPU));
        NativeTensor.copyFromArray(tensor.handle(), flat, tensor.numel() * type.itemSize());
        Arguments.keepAlive(tensor);
        Device device = Torch.explicitDefaultDevice();
        return device == null ? tensor : tensor.to(device);
    }

    private static long[] shapeOf(Object array) {
        List<Long> shape = new ArrayList<>();
        Object level = array;
        while (level != null && level.getClass().isArray()) {
            shape.add((long) Array.getLength(level));
            level = Array.getLength(level) == 0 || level.getClass().getComponentType().isPrimitive()
                    ? null
                    : Array.get(level, 0);
        }
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    private static Object flatten(Object array, long[] shape) {
        Class<?> leaf = array.getClass();
        while (leaf.isArray()) {
            leaf = leaf.getComponentType();
        }
        if (!leaf.isPrimitive() || leaf == char.class) {
            throw unsupported(array);
        }
        if (shape.length == 1) {
            return array;
        }
        long length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        Object flat = Array.newInstance(leaf, Math.toIntExact(length));
        copyRows(array, shape, 0, flat, new int[1]);
        return flat;
    }

    private static void copyRows(Object from, long[] shape, int dim, Object flat, int[] next) {
        if (from == null || Array.getLength(from) != shape[dim]) {
            throw new IllegalArgumentException("the array is ragged: an array of dimension " + dim + " has "
                    + (from == null ? "no" : Array.getLength(from)) + " elements; " + shape[dim] + " are expected");
        }
        if (dim == shape.length - 1) {
            System.arraycopy(from, 0, flat, next[0], (int) shape[dim]);
            next[0] += (int) shape[dim];
            return;
        }
        for (int i = 0; i < shape[dim]; i++) {
            copyRows(Array.get(from, i), shape, dim + 1, flat, next);
        }
    }

    private static DType typeOf(Object flat) {
        if (flat instanceof float[]) {
            return DType.FLOAT32;
        }
        if (flat instanceof double[]) {
            return DType.FLOAT64;
        }
        if (flat instanceof long[]) {
            return DType.INT64;
        }
        if (flat instanceof int[]) {
            return DType.INT32;
        }
        if (flat instanceof short[]) {
            return DType.INT16;
        }
        return flat instanceof byte[] ? DType.INT8 : DType.BOOL;
    }

    /** A list as Python would take it: whole numbers are {@code long}, others of the default type. */
    private static Object arrayOf(List<?> list) {
        Object first = list.isEmpty() ? 0.0 : list.get(0);
        if (first instanceof List<?>) {
            Object[] rows = list.stream().map(row -> arrayOf((List<?>) row)).toArray();
            Object typed = Array.newInstance(rows[0].getClass(), rows.length);
            for (int i = 0; i < rows.length; i++) {
                Array.set(typed, i, rows[i]);
            }
            return typed;
        }
        if (list.stream().allMatch(v -> v instanceof Boolean)) {
            boolean[] values = new boolean[list.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (Boolean) list.get(i);
            }
            return values;
        }
        if (!list.isEmpty() && list.stream().allMatch(v -> v instanceof Number n && Scalar.kind(n) == Scalar.LONG)) {
            return list.stream().mapToLong(v -> Scalar.bits((Number) v)).toArray();
        }
        return floatingArray(list);
    }

    private static Object floatingArray(List<?> list) {
        double[] values = list.stream()
                .mapToDouble(v -> {
                    if (v instanceof Number number) {
                        return number.doubleValue();
                    }
                    throw unsupported(v);
                })
                .toArray();
        if (Torch.getDefaultDType() == DType.FLOAT64) {
            return values;
        }
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static Object arrayOf(Buffer buffer) {
        if (buffer instanceof ByteBuffer bytes) {
            byte[] values = new byte[bytes.remaining()];
            bytes.duplicate().get(values);
            return values;
        }
        if (buffer instanceof FloatBuffer floats) {
            float[] values = new float[floats.remaining()];
            floats.duplicate().get(values);
            return values;
        }
        if (buffer instanceof DoubleBuffer doubles) {
            double[] values = new double[doubles.remaining()];
            doubles.duplicate().get(values);
            return values;
        }
        if (buffer instanceof LongBuffer longs) {
            long[] values = new long[longs.remaining()];
            longs.duplicate().get(values);
            return values;
        }
        if (buffer instanceof IntBuffer ints) {
            int[] values = new int[ints.remaining()];
            ints.duplicate().get(values);
            return values;
        }
        if (buffer instanceof ShortBuffer shorts) {
            short[] values = new short[shorts.remaining()];
            shorts.duplicate().get(values);
            return values;
        }
        throw unsupported(buffer);
    }

    private static IllegalArgumentException unsupported(Object value) {
        return new IllegalArgumentException("no tensor can be made from a "
                + (value == null ? "null" : value.getClass().getSimpleName())
                + "; numbers, booleans, arrays and lists of them, and buffers are possible");
    }
}
