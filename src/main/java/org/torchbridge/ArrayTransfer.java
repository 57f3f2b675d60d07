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
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.internal.NativeTracer;

/** Java arrays, lists and buffers to tensors and back. */
final class ArrayTransfer {
    private static final Cleaner CLEANER = Cleaner.create();

    private ArrayTransfer() {}

    // ---- to Java

    /** All elements of {@code tensor}, converted to {@code type}, in an array that {@code make} makes. */
    static <A> A read(Tensor tensor, DType type, IntFunction<A> make) {
        NativeTracer.valueRead("a tensor was read into an array");
        return NativeTracer.unrecorded(() -> copy(tensor, type, make));
    }

    private static <A> A copy(Tensor tensor, DType type, IntFunction<A> make) {
        try (Scope scope = Scope.open()) {
            Tensor dense = dense(tensor).to(type).contiguous();
            A array = make.apply(Math.toIntExact(dense.numel()));
            NativeTensor.copyToArray(dense.handle(), array, dense.numel() * type.itemSize());
            Arguments.keepAlive(dense);
            return array;
        }
    }

    static Object nested(Tensor tensor) {
        NativeTracer.valueRead("a tensor was read into an array");
        return NativeTracer.unrecorded(() -> foldedCopy(tensor));
    }

    private static Object foldedCopy(Tensor tensor) {
        try (Scope scope = Scope.open()) {
            Tensor real = tensor.dtype().isComplex() ? Torch.viewAsReal(tensor.resolveConj()) : tensor;
            DType type = javaLike(dense(real).dtype());
            Object flat = copy(real, type, length -> Array.newInstance(javaType(type), length));
            return fold(flat, real.shape(), 0, new int[1]);
        }
    }

    static ByteBuffer buffer(Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("the tensor is not contiguous; call contiguous() first");
        }
        NativeTracer.valueRead("a tensor's memory was given to Java");
        Tensor holder = Scope.escape(NativeTracer.unrecorded(tensor::alias));
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

    /**
     * A tensor with the values of a number, a boolean, an array of any rank, a list of any depth, or a buffer, in
     * {@code dtype} or in the type that they have by themselves.
     */
    static Tensor tensor(Object values, @Nullable DType dtype) {
        boolean boxed = values instanceof Number
                || values instanceof Boolean
                || values instanceof List<?>
                || values instanceof Object[] && !leaf(values).isPrimitive();
        if (boxed) {
            return BoxedValues.tensor(values, dtype);
        }
        return Scope.call(() -> {
            Tensor tensor = fromArray(values instanceof Buffer buffer ? arrayOf(buffer) : values);
            return dtype == null ? tensor : tensor.to(dtype);
        });
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
            if (shape[i] < 0) {
                throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " has a negative size");
            }
            strides[i] = numel;
            numel = Math.multiplyExact(numel, shape[i]);
        }
        if (Math.multiplyExact(numel, type.itemSize()) > buffer.remaining()) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " of " + type + " needs "
                    + numel * type.itemSize() + " bytes; the buffer has " + buffer.remaining());
        }
        long address = NativeTensor.bufferAddress(buffer) + buffer.position();
        return NativeTracer.unrecorded(() -> Tensor.adopt(
                NativeTensor.overMemory(address, buffer.remaining(), type.code(), 0, shape, strides, buffer)));
    }

    static Tensor overTensor(Tensor bytes) {
        if (bytes.dtype() != DType.UINT8 || !bytes.isContiguous()) {
            throw new IllegalArgumentException("a contiguous tensor of " + DType.UINT8 + " is expected; this one is "
                    + bytes.dtype() + (bytes.isContiguous() ? "" : " and not contiguous"));
        }
        return NativeTracer.unrecorded(() -> overHeld(Scope.escape(bytes.alias())));
    }

    private static Tensor overHeld(Tensor holder) {
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

    private static Tensor fromArray(Object array) {
        if (array == null
                || !leaf(array).isPrimitive()
                || leaf(array) == char.class
                || !array.getClass().isArray()) {
            throw unsupported(array);
        }
        long[] shape = shapeOf(array);
        return fromFlat(flatten(array, shape), shape);
    }

    /** A tensor with a copy of a primitive array, on the default device. */
    static Tensor fromFlat(Object flat, long[] shape) {
        return NativeTracer.unrecorded(() -> copyOf(flat, shape));
    }

    private static Tensor copyOf(Object flat, long[] shape) {
        DType type = typeOf(flat);
        Tensor tensor = Torch.empty(shape, TensorOptions.of(type).device(Device.CPU));
        NativeTensor.copyFromArray(tensor.handle(), flat, tensor.numel() * type.itemSize());
        Arguments.keepAlive(tensor);
        Device device = Torch.explicitDefaultDevice();
        return device == null ? tensor : tensor.to(device);
    }

    /** What the innermost arrays hold. */
    private static Class<?> leaf(Object array) {
        Class<?> leaf = array.getClass();
        while (leaf.isArray()) {
            leaf = leaf.getComponentType();
        }
        return leaf;
    }

    /** One number for each pair of brackets of the array's type; what is inside of an empty array counts as empty. */
    private static long[] shapeOf(Object array) {
        int rank = array.getClass().getName().lastIndexOf('[') + 1;
        long[] shape = new long[rank];
        Object level = array;
        for (int dim = 0; dim < rank && level != null; dim++) {
            shape[dim] = Array.getLength(level);
            level = shape[dim] == 0 || dim == rank - 1 ? null : Array.get(level, 0);
        }
        return shape;
    }

    private static Object flatten(Object array, long[] shape) {
        if (shape.length == 1) {
            return array;
        }
        long length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        Object flat = Array.newInstance(leaf(array), Math.toIntExact(length));
        copyRows(array, shape, 0, flat, new int[1]);
        return flat;
    }

    private static void copyRows(Object from, long[] shape, int dim, Object flat, int[] next) {
        if (from == null) {
            throw new IllegalArgumentException("an array of dimension " + dim + " is null");
        }
        if (Array.getLength(from) != shape[dim]) {
            throw ragged(dim, Array.getLength(from), shape[dim]);
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

    static IllegalArgumentException ragged(int dim, long length, long expected) {
        return new IllegalArgumentException("the values are ragged: a row of dimension " + dim + " has " + length
                + " elements; " + expected + " are expected, as in the first row");
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

    static IllegalArgumentException unsupported(Object value) {
        return new IllegalArgumentException("no tensor can be made from a "
                + (value == null ? "null" : value.getClass().getSimpleName())
                + "; numbers, booleans, arrays and lists of them, and buffers are possible");
    }
}
