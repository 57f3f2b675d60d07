package org.torchbridge;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.CollectedHandles;
import org.torchbridge.internal.NativeAutograd;
import org.torchbridge.internal.NativeGraph;
import org.torchbridge.internal.NativeOperators;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.internal.NativeTracer;
import org.torchbridge.internal.Presets;

/**
 * A multi-dimensional array of numbers: libtorch's tensor, with every operator of PyTorch as a method.
 *
 * <pre>{@code
 * Tensor x = Torch.tensor(new float[][] {{1, 2}, {3, 4}});
 * Tensor y = x.matmul(x.t()).add(1).relu();
 * float[] values = y.toFloatArray();
 * }</pre>
 *
 * <p>Operators are in {@link TensorOperators}, generated from libtorch's schemas; in-place ones end with an underscore.
 * This class has what is not an operator: memory, shape, values, indices, gradients and text.
 *
 * <p><b>Memory.</b> Nothing has to be managed: a tensor that becomes unreachable is freed. In loops, {@link Scope} is
 * faster. {@link #close} frees at once; a closed tensor throws {@code IllegalStateException} when used. A tensor may be
 * read by several threads; closing it while another thread is using it is not safe.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/tensors.html">torch.Tensor</a>.
 */
public final class Tensor extends TensorOperators implements AutoCloseable {
    private static final VarHandle HANDLE;

    static {
        try {
            HANDLE = MethodHandles.lookup().findVarHandle(Tensor.class, "handle", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        Adoption.lend(Tensor::adopt);
    }

    private static final boolean TRACK_ORIGIN = Boolean.getBoolean("torchbridge.leaks");

    private long handle;
    /** The {@link Scope} or the collector's record that frees the handle; null once it is freed. */
    private @Nullable Object owner;

    private int indexInScope;
    private final @Nullable Throwable origin;

    private Tensor(long handle) {
        this.handle = handle;
        this.origin = TRACK_ORIGIN ? new Throwable("tensor made here") : null;
    }

    // ---- memory

    /**
     * The tensor of a handle that a native method returned: it belongs to the current scope, or to the garbage
     * collector. An undefined tensor, handle 0, is null.
     */
    static Tensor adopt(long handle) {
        if (handle == 0) {
            return null;
        }
        Tensor tensor = new Tensor(handle);
        Scope scope = Scope.current();
        if (scope != null) {
            scope.add(tensor);
        } else {
            tensor.owner = CollectedHandles.add(tensor, handle, tensor.origin);
        }
        return tensor;
    }

    /** A tensor of the raw JavaCPP presets as a tensor of ours: both are the same tensor, each may be closed first. */
    public static Tensor wrap(org.bytedeco.pytorch.Tensor tensor) {
        return adopt(Presets.share(tensor));
    }

    /** This tensor as one of the raw JavaCPP presets: both are the same tensor, each may be closed first. */
    public org.bytedeco.pytorch.Tensor unwrap() {
        org.bytedeco.pytorch.Tensor tensor = Presets.tensor(handle());
        Arguments.keepAlive(this);
        return tensor;
    }

    @Override
    public long handle() {
        long current = handle;
        if (current == 0) {
            throw new IllegalStateException("this tensor was closed, or belonged to a Scope that was closed;"
                    + " Scope.keep moves a tensor out of its scope");
        }
        return current;
    }

    /** Frees this tensor now. Other tensors over the same memory stay valid. Closing twice does nothing. */
    @Override
    public void close() {
        if (owner instanceof CollectedHandles.Handle collected && !collected.remove()) {
            return;
        }
        long taken = takeHandle();
        if (taken != 0) {
            if (owner instanceof Scope scope && scope.isOwnThread()) {
                scope.remove(indexInScope);
            }
            owner = null;
            NativeTensor.delete(taken);
        }
    }

    public boolean isClosed() {
        return handle == 0;
    }

    /** Takes the handle away, so that exactly one caller frees it; 0 if another one has it. */
    long takeHandle() {
        return (long) HANDLE.getAndSet(this, 0L);
    }

    @Nullable
    Object owner() {
        return owner;
    }

    @Nullable
    Throwable origin() {
        return origin;
    }

    void place(Scope scope, int index) {
        owner = scope;
        indexInScope = index;
    }

    /** From its scope to {@code outer}, or to the garbage collector if that is null. */
    void moveTo(@Nullable Scope outer) {
        if (owner instanceof Scope scope) {
            scope.remove(indexInScope);
            if (outer != null) {
                outer.add(this);
            } else {
                owner = CollectedHandles.add(this, handle, origin);
            }
        }
    }

    /** Whether both are the same tensor, not merely equal: a change to one, of its shape even, is a change to the other. */
    public boolean isSame(Tensor other) {
        boolean same = NativeTensor.identity(handle()) == NativeTensor.identity(other.handle());
        Arguments.keepAlive(this, other);
        return same;
    }

    // ---- shape and kind

    public long[] shape() {
        long[] shape = NativeTensor.shape(handle());
        Arguments.keepAlive(this);
        return shape;
    }

    /** How many elements to go on in memory for a step in each dimension. */
    public long[] strides() {
        long[] strides = NativeTensor.strides(handle());
        Arguments.keepAlive(this);
        return strides;
    }

    /** The number of dimensions. */
    public long dim() {
        long dim = NativeTensor.dim(handle());
        Arguments.keepAlive(this);
        return dim;
    }

    /** The number of elements. */
    public long numel() {
        long numel = NativeTensor.numel(handle());
        Arguments.keepAlive(this);
        return numel;
    }

    /** Where in its storage this tensor begins, in elements. */
    public long storageOffset() {
        long offset = NativeTensor.storageOffset(handle());
        Arguments.keepAlive(this);
        return offset;
    }

    /** Bytes of the memory under this tensor and all its views. */
    public long storageBytes() {
        long bytes = NativeTensor.storageBytes(handle());
        Arguments.keepAlive(this);
        return bytes;
    }

    public DType dtype() {
        int code = NativeTensor.dtype(handle());
        Arguments.keepAlive(this);
        return DType.of(code);
    }

    public Layout layout() {
        int code = NativeTensor.layout(handle());
        Arguments.keepAlive(this);
        return Layout.of(code);
    }

    /**
     * Whether it is several tensors of different shapes in one, without a shape of its own.
     *
     * <p>Follows <a href="https://pytorch.org/docs/stable/nested.html">torch.nested</a>.
     */
    public boolean isNested() {
        // libtorch gives no other sign of it that is not an error printed.
        try (Tensor sizes = adopt(NativeOperators._nested_tensor_size(handle()))) {
            return sizes.dim() == 2;
        } catch (TorchException e) {
            return false;
        } finally {
            Arguments.keepAlive(this);
        }
    }

    public Device device() {
        int code = NativeTensor.device(handle());
        Arguments.keepAlive(this);
        return Device.decode(code);
    }

    /** The names of the dimensions, null where one has none; empty if no dimension has a name. */
    public List<@Nullable String> names() {
        String[] names = NativeTensor.names(handle());
        Arguments.keepAlive(this);
        return names == null ? List.of() : Arrays.asList(names);
    }

    /** This tensor on {@code device}: itself if it is there already. */
    public Tensor to(Device device) {
        return to(TensorOptions.of(device));
    }

    /** This tensor in the main memory: itself if it is there already. */
    public Tensor cpu() {
        return to(Device.CPU);
    }

    /** Whether the elements lie one after the other, the last dimension fastest. */
    public boolean isContiguous() {
        long[] shape = shape();
        long[] strides = strides();
        long expected = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] != 1 && strides[i] != expected && numel() != 0) {
                return false;
            }
            expected *= shape[i];
        }
        return true;
    }

    // ---- values

    // While a module is traced, what reads values is reported: the trace goes on with them as they are now.

    @Override
    public Scalar item() {
        NativeTracer.valueRead("item()");
        return super.item();
    }

    @Override
    public boolean isNonzero() {
        NativeTracer.valueRead("isNonzero()");
        return super.isNonzero();
    }

    @Override
    public boolean equal(Tensor other) {
        NativeTracer.valueRead("equal(...)");
        return super.equal(other);
    }

    @Override
    public boolean allclose(Tensor other, double rtol, double atol, boolean equalNan) {
        NativeTracer.valueRead("allclose(...)");
        return super.allclose(other, rtol, atol, equalNan);
    }

    /** The only element as a {@code double}. */
    public double toDouble() {
        return item().doubleValue();
    }

    /** The only element as a {@code float}. */
    public float toFloat() {
        return item().floatValue();
    }

    /** The only element as a {@code long}; fractions are cut off. */
    public long toLong() {
        return item().longValue();
    }

    /** The only element as an {@code int}; fractions are cut off. */
    public int toInt() {
        return Math.toIntExact(toLong());
    }

    /** Whether the only element is not zero. */
    public boolean toBoolean() {
        return item().booleanValue();
    }

    /** All elements in order, converted to {@code float} if they are of another type. */
    public float[] toFloatArray() {
        return ArrayTransfer.read(this, DType.FLOAT32, float[]::new);
    }

    /** All elements in order, converted to {@code double} if they are of another type. */
    public double[] toDoubleArray() {
        return ArrayTransfer.read(this, DType.FLOAT64, double[]::new);
    }

    /** All elements in order, converted to {@code long} if they are of another type. */
    public long[] toLongArray() {
        return ArrayTransfer.read(this, DType.INT64, long[]::new);
    }

    /** All elements in order, converted to {@code int} if they are of another type. */
    public int[] toIntArray() {
        return ArrayTransfer.read(this, DType.INT32, int[]::new);
    }

    /** All elements in order, converted to {@code short} if they are of another type. */
    public short[] toShortArray() {
        return ArrayTransfer.read(this, DType.INT16, short[]::new);
    }

    /** All elements in order: the bits of {@code int8} and {@code uint8}, other types are converted to {@code int8}. */
    public byte[] toByteArray() {
        return ArrayTransfer.read(this, dtype() == DType.UINT8 ? DType.UINT8 : DType.INT8, byte[]::new);
    }

    /** All elements in order, as truth values: what is not zero is true. */
    public boolean[] toBooleanArray() {
        return ArrayTransfer.read(this, DType.BOOL, boolean[]::new);
    }

    /**
     * The elements as nested Java arrays of this tensor's shape: {@code float[][]} for a matrix of {@code float32}. The
     * element type is the Java type with the same bits, or the next larger one that holds all values. A tensor without
     * dimensions gives an array of one element.
     */
    public Object toArray() {
        return ArrayTransfer.nested(this);
    }

    /**
     * The memory of the elements itself: what is written there is written to this tensor. The buffer keeps the memory
     * alive. For dense contiguous tensors on the CPU of up to 2 GB.
     */
    public ByteBuffer buffer() {
        return ArrayTransfer.buffer(this).order(ByteOrder.nativeOrder());
    }

    // ---- indices

    /**
     * The part of this tensor that {@code indices} choose, as {@code tensor[...]} in Python does: integers, slices, "..."
     * and new axes give a view, masks and index tensors a copy.
     */
    public Tensor get(Index... indices) {
        return Indexing.get(this, indices);
    }

    /** The element or part at {@code indices}, one for each of the first dimensions; negative ones count from the end. */
    public Tensor get(long... indices) {
        return get(Arrays.stream(indices).mapToObj(Index::at).toArray(Index[]::new));
    }

    /** The part of this tensor that Python's text chooses: {@code t.get("..., 1:3")}, {@code t.get(":, None, -1")}. */
    public Tensor get(String indices) {
        return get(Index.parse(indices));
    }

    /** Writes {@code value}, broadcast as needed, to the part that {@code indices} choose. */
    public Tensor set(Index[] indices, Tensor value) {
        Indexing.set(this, indices, value);
        return this;
    }

    /** Writes {@code value} to every element of the part that {@code indices} choose. */
    public Tensor set(Index[] indices, Number value) {
        return Scope.call(() -> set(indices, Indexing.scalarLike(this, value)));
    }

    /** Writes {@code value}, broadcast as needed, to the part that Python's text chooses. */
    public Tensor set(String indices, Tensor value) {
        return set(Index.parse(indices), value);
    }

    /** Writes {@code value} to every element of the part that Python's text chooses. */
    public Tensor set(String indices, Number value) {
        return set(Index.parse(indices), value);
    }

    // ---- gradients

    public boolean requiresGrad() {
        boolean requires = NativeAutograd.requiresGrad(handle());
        Arguments.keepAlive(this);
        return requires;
    }

    /** Sets whether gradients of this tensor are computed: for leaves only, those that no operator made. */
    public Tensor requiresGrad(boolean requires) {
        return requiresGrad_(requires);
    }

    /** The gradient that {@link #backward} accumulated, or null. */
    public @Nullable Tensor grad() {
        Tensor gradient = adopt(NativeAutograd.grad(handle()));
        Arguments.keepAlive(this);
        return gradient;
    }

    /** Makes {@code gradient} the gradient of this tensor; null removes it. */
    public void grad(@Nullable Tensor gradient) {
        if (gradient != null && (!Arrays.equals(shape(), gradient.shape()) || dtype() != gradient.dtype())) {
            throw new IllegalArgumentException("the gradient is " + gradient.dtype() + Arrays.toString(gradient.shape())
                    + "; " + dtype() + Arrays.toString(shape()) + " is expected, like the tensor");
        }
        NativeAutograd.setGrad(handle(), Arguments.handle(gradient));
        Arguments.keepAlive(this, gradient);
    }

    /** Computes the gradients of this tensor, which has one element, and adds them to those of the leaves. */
    public void backward() {
        backward(null, false, false);
    }

    /** Computes gradients starting from {@code gradient}, which has this tensor's shape. */
    public void backward(@Nullable Tensor gradient) {
        backward(gradient, false, false);
    }

    /**
     * Computes gradients.
     *
     * @param gradient what to start from: the gradient of something with respect to this tensor; null means 1
     * @param retainGraph whether this can be called again
     * @param createGraph whether the gradients themselves can be derived; implies {@code retainGraph}
     */
    public void backward(@Nullable Tensor gradient, boolean retainGraph, boolean createGraph) {
        NativeAutograd.backward(
                new long[] {handle()},
                new long[] {Arguments.handle(gradient)},
                Arguments.code(retainGraph || createGraph),
                createGraph,
                new long[0]);
        Arguments.keepAlive(this, gradient);
    }

    /**
     * Calls {@code hook} with the gradient of this tensor whenever one has been computed. What it returns takes the
     * gradient's place; null leaves it as it is. Hooks run in the order they were registered, those of a leaf before the
     * gradient is accumulated. An exception of a hook's comes out of {@link #backward}.
     *
     * <p>The hook lives as long as the graph does, or the leaf: one that uses this very tensor keeps it in memory until it
     * is removed.
     *
     * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.Tensor.register_hook.html">
     * torch.Tensor.register_hook</a>.
     *
     * @throws IllegalArgumentException if this tensor needs no gradient
     */
    public RemovableHandle registerHook(UnaryOperator<@Nullable Tensor> hook) {
        if (!requiresGrad()) {
            throw new IllegalArgumentException("this tensor needs no gradient, so a hook would never be called;"
                    + " requiresGrad_() makes a leaf need one");
        }
        TensorHooks hooks = (TensorHooks) NativeGraph.tensorHooks(handle(), new TensorHooks());
        Arguments.keepAlive(this);
        return hooks.add(hook)::run;
    }

    /**
     * Calls {@code hook} with this tensor, a leaf, whenever its {@link #grad()} has been accumulated: the place to update a
     * parameter and free its gradient while backward is still running.
     *
     * <p>Follows <a
     * href="https://pytorch.org/docs/stable/generated/torch.Tensor.register_post_accumulate_grad_hook.html">
     * torch.Tensor.register_post_accumulate_grad_hook</a>.
     *
     * @throws IllegalArgumentException if this tensor is no leaf, or needs no gradient
     */
    public RemovableHandle registerPostAccumulateGradHook(Consumer<Tensor> hook) {
        if (!requiresGrad() || !isLeaf()) {
            throw new IllegalArgumentException("gradients are accumulated in leaves that need one only; this tensor "
                    + (requiresGrad() ? "was made by " + gradFunctionName() : "needs none"));
        }
        AccumulationHooks hooks = (AccumulationHooks) NativeGraph.accumulationHooks(handle(), new AccumulationHooks());
        Arguments.keepAlive(this);
        return hooks.add(hook)::run;
    }

    /** How often the memory of this tensor and its views was changed in place. */
    public long version() {
        long version = NativeOperators._version(handle());
        Arguments.keepAlive(this);
        return version;
    }

    /** The name of the function that made this tensor, such as {@code AddBackward0}; null for a leaf. */
    public @Nullable String gradFunctionName() {
        String name = NativeGraph.functionName(handle());
        Arguments.keepAlive(this);
        return name;
    }

    // ---- text

    /** What Python prints, as {@link Torch#setPrintOptions} says. */
    @Override
    public String toString() {
        return isClosed()
                ? "tensor(closed)"
                : NativeTracer.unrecorded(() -> TensorPrinter.print(this, Torch.printOptions()));
    }

    // ---- Kotlin's and Scala's operators

    public Tensor plus(Tensor other) {
        return add(other);
    }

    public Tensor minus(Tensor other) {
        return sub(other);
    }

    public Tensor times(Tensor other) {
        return mul(other);
    }

    public Tensor unaryMinus() {
        return neg();
    }
}
