package org.torchbridge;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.CollectedHandles;
import org.torchbridge.internal.LoadReport;
import org.torchbridge.internal.NativeAutograd;
import org.torchbridge.internal.NativeLibraries;
import org.torchbridge.internal.NativeMemory;
import org.torchbridge.internal.NativeRuntime;
import org.torchbridge.io.SavedFile;
import org.torchbridge.io.SavedFileReader;
import org.torchbridge.io.SavedFileWriter;

/**
 * The functions of Python's module {@code torch}: operators and factories, which {@link TorchOperators} has, and the
 * settings of libtorch, which are here.
 *
 * <pre>{@code
 * Torch.manualSeed(0);
 * Tensor x = Torch.randn(2, 3);
 * Tensor y = Torch.cat(List.of(x, Torch.ones(2, 1)), 1);
 * }</pre>
 */
public final class Torch extends TorchOperators {
    static {
        NativeLibraries.load();
    }

    private static volatile PrintOptions printOptions = PrintOptions.DEFAULT;
    private static volatile @Nullable Device defaultDevice;

    private Torch() {}

    // ---- tensors from Java's values

    /** A row of type {@code float32}; one value alone gives a tensor without dimensions, as in Python. */
    public static Tensor tensor(float... values) {
        return ArrayTransfer.tensor(values, null);
    }

    /** A row of type {@code float64}; one value alone gives a tensor without dimensions, as in Python. */
    public static Tensor tensor(double... values) {
        return ArrayTransfer.tensor(values, null);
    }

    /** A row of type {@code int32}; one value alone gives a tensor without dimensions, as in Python. */
    public static Tensor tensor(int... values) {
        return ArrayTransfer.tensor(values, null);
    }

    /** A row of type {@code int64}; one value alone gives a tensor without dimensions, as in Python. */
    public static Tensor tensor(long... values) {
        return ArrayTransfer.tensor(values, null);
    }

    /** A row of type {@code bool}; one value alone gives a tensor without dimensions, as in Python. */
    public static Tensor tensor(boolean... values) {
        return ArrayTransfer.tensor(values, null);
    }

    /**
     * A tensor with a copy of {@code values}: a number or boolean (no dimensions), an array of any rank, a list of any
     * depth, or a buffer. The type follows the elements: {@code float[]} gives {@code float32}, {@code double[]}
     * {@code float64}, {@code byte[]} {@code int8}; boxed numbers as in Python, {@code int64} or the default type.
     *
     * @throws IllegalArgumentException if rows differ in length or the elements are not numbers
     */
    public static Tensor tensor(Object values) {
        return ArrayTransfer.tensor(values, null);
    }

    /** A tensor with a copy of {@code values}, converted to {@code dtype}. */
    public static Tensor tensor(Object values, DType dtype) {
        return ArrayTransfer.tensor(values, dtype);
    }

    /**
     * A tensor over the memory of a direct buffer, from its position on: no copy is made, and what is written on one side
     * is seen on the other. The tensor keeps the buffer alive. Elements are in the machine's own byte order, which a new
     * buffer does not have: see {@link ByteBuffer#order(java.nio.ByteOrder)}.
     */
    public static Tensor fromBuffer(ByteBuffer direct, DType dtype, long... shape) {
        return ArrayTransfer.overBuffer(direct, dtype, shape);
    }

    /**
     * A one-dimensional tensor of type {@code uint8} over the memory of {@code bytes}, a contiguous one of the same type on
     * the CPU. No copy is made; unlike a view, it has that memory and no more as its storage, and saves no more.
     */
    public static Tensor fromBuffer(Tensor bytes) {
        return ArrayTransfer.overTensor(bytes);
    }

    // ---- files

    /**
     * Reads a file of tensors or other values, and tells from its content what it is.
     *
     * <p>The file is mapped into memory: a tensor's bytes are read when it is first used, and writing to a tensor changes
     * the memory of this process only, not the file. Tensors that shared memory when they were saved share it again. All
     * are on the CPU, wherever they were. Replacing the file later is safe, changing it in place is not.
     *
     * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.load.html">torch.load</a>.
     *
     * @throws FileFormatException if the file is of a kind that cannot be read, or is damaged
     * @throws TorchException if there is no such file, or it cannot be read
     */
    public static SavedFile load(Path file) {
        return SavedFileReader.read(file);
    }

    /**
     * Reads what would be the content of a file, which is copied.
     *
     * @throws FileFormatException as {@link #load(Path)}
     */
    public static SavedFile load(byte[] content) {
        return SavedFileReader.read(content);
    }

    /**
     * Reads a stream to its end as the content of a file, which has to fit into an array. It is not closed.
     *
     * @throws FileFormatException as {@link #load(Path)}
     * @throws TorchException if the stream cannot be read
     */
    public static SavedFile load(InputStream in) {
        return SavedFileReader.read(in);
    }

    /** The state dict in a file: {@code load(file).stateDict()}. */
    public static StateDict loadStateDict(Path file) {
        return load(file).stateDict();
    }

    /**
     * Writes a value for {@link #load} and for Python's {@code torch.load}, with {@code weights_only=True} too: a state
     * dict as a rule, or any other of {@link SavedFile}'s table.
     *
     * <p>Memory that tensors share is written once and shared again when read; of a small view the whole storage is
     * written, as Python does, unless it is cloned before. The file appears under its name only when it is complete and
     * on the disk: if writing fails, a file that was there before is still there. The same value gives the same bytes.
     *
     * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.save.html">torch.save</a>.
     *
     * @throws IllegalArgumentException if a value is none of the table; the message says where it is
     * @throws TorchException if the file cannot be written
     */
    public static void save(@Nullable Object value, Path file) {
        SavedFileWriter.write(value, file);
    }

    /**
     * Writes a value to a stream, as {@link #save(Object, Path)} does to a file. It is not closed.
     *
     * @throws IllegalArgumentException if a value is none of the table; the message says where it is
     * @throws TorchException if the stream cannot be written
     */
    public static void save(@Nullable Object value, OutputStream out) {
        SavedFileWriter.write(value, out);
    }

    // ---- gradients

    /** A block without gradients: {@code try (var mode = Torch.noGrad()) {...}}. */
    public static GradMode noGrad() {
        return GradMode.enabled(false);
    }

    /** A block with gradients, inside one without. */
    public static GradMode enableGrad() {
        return GradMode.enabled(true);
    }

    /** A block with or without gradients. */
    public static GradMode setGradEnabled(boolean enabled) {
        return GradMode.enabled(enabled);
    }

    /** A block whose tensors can never take part in gradients, which is faster still than {@link #noGrad}. */
    public static GradMode inferenceMode() {
        return GradMode.inference();
    }

    public static boolean isGradEnabled() {
        return NativeAutograd.isGradEnabled();
    }

    /** The gradients of the sum of {@code outputs}' elements with respect to {@code inputs}; nothing is accumulated. */
    public static List<Tensor> grad(List<Tensor> outputs, List<Tensor> inputs) {
        return grad(outputs, inputs, List.of(), false, false, false);
    }

    /**
     * The gradients of {@code outputs} with respect to {@code inputs}.
     *
     * @param gradOutputs what to start from, one for each output; empty if every output has one element
     * @param retainGraph whether the outputs can be derived again
     * @param createGraph whether the gradients themselves can be derived; implies {@code retainGraph}
     * @param allowUnused whether an input may have no influence; its gradient is then null
     */
    public static List<Tensor> grad(
            List<Tensor> outputs,
            List<Tensor> inputs,
            List<Tensor> gradOutputs,
            boolean retainGraph,
            boolean createGraph,
            boolean allowUnused) {
        long[] starts =
                gradOutputs.isEmpty() ? new long[outputs.size()] : Arguments.handles("gradOutputs", gradOutputs);
        long[] gradients = NativeAutograd.gradients(
                Arguments.handles("outputs", outputs),
                Arguments.handles("inputs", inputs),
                starts,
                Arguments.code(retainGraph || createGraph),
                createGraph,
                allowUnused);
        Arguments.keepAlive(outputs, inputs, gradOutputs);
        return Results.tensors(gradients);
    }

    // ---- random numbers

    /** Seeds the generators of all devices; the same seed gives the same numbers as in Python. */
    public static Generator manualSeed(long seed) {
        NativeRuntime.seedCuda(seed);
        return defaultGenerator().manualSeed(seed);
    }

    /** The generator that operators on the CPU use when they are given none. */
    public static Generator defaultGenerator() {
        return Generator.DEFAULT;
    }

    // ---- settings

    /** How many threads an operator may use. At start: the cores that the JVM may use. */
    public static void setNumThreads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("the number of threads is " + threads + "; 1 or more are expected");
        }
        NativeRuntime.setThreads(threads);
    }

    public static int getNumThreads() {
        return NativeRuntime.threads();
    }

    /** The type of factories that are given none: a floating-point type, at start {@code float32}. */
    public static void setDefaultDType(DType dtype) {
        if (!dtype.isFloatingPoint()) {
            throw new IllegalArgumentException("the default type can be a floating-point type only, not " + dtype);
        }
        NativeRuntime.setDefaultDType(dtype.code());
    }

    public static DType getDefaultDType() {
        return DType.of(NativeRuntime.defaultDType());
    }

    /** The device of factories that are given none; at start the CPU. */
    public static void setDefaultDevice(Device device) {
        defaultDevice = device.isCpu() ? null : device;
    }

    public static Device getDefaultDevice() {
        Device device = defaultDevice;
        return device == null ? Device.CPU : device;
    }

    /** The default device, or null while it is libtorch's own default. */
    static @Nullable Device explicitDefaultDevice() {
        return defaultDevice;
    }

    /** Whether operators without a deterministic implementation fail, and others choose it. */
    public static void useDeterministicAlgorithms(boolean enabled) {
        NativeRuntime.setDeterministic(enabled, false);
    }

    public static void setPrintOptions(PrintOptions options) {
        printOptions = options;
    }

    static PrintOptions printOptions() {
        return printOptions;
    }

    // ---- what is there

    public static boolean isCudaAvailable() {
        return NativeRuntime.isCudaAvailable();
    }

    /** The version of libtorch, {@code "2.10.0"}. */
    public static String version() {
        return loadReport().libtorch();
    }

    static LoadReport loadReport() {
        return NativeLibraries.load();
    }

    /** How many tensors are alive, and where they were made if {@code -Dtorchbridge.leaks=true} is set. */
    public static MemoryReport memory() {
        Map<String, Integer> counts = new TreeMap<>();
        CollectedHandles.forEachOrigin(origin -> counts.merge(site(origin), 1, Integer::sum));
        Scope.forEachOrigin(origin -> counts.merge(site(origin), 1, Integer::sum));
        Map<String, Integer> sites = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .forEach(entry -> sites.put(entry.getKey(), entry.getValue()));
        return new MemoryReport(CollectedHandles.count() + Scope.countAll(), NativeMemory.liveBytes(), sites);
    }

    /** The first place outside of this library. */
    private static String site(Throwable origin) {
        for (StackTraceElement element : origin.getStackTrace()) {
            if (!isOwnCode(element.getClassName())) {
                return element.toString();
            }
        }
        return "inside the library";
    }

    private static boolean isOwnCode(String className) {
        try {
            Class<?> type = Class.forName(className, false, Torch.class.getClassLoader());
            return Objects.equals(
                    type.getProtectionDomain().getCodeSource(),
                    Torch.class.getProtectionDomain().getCodeSource());
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
