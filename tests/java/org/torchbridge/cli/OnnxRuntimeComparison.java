package org.torchbridge.cli;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.global.torch;
import org.torchbridge.DType;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.OnnxModel;
import org.torchbridge.onnx.OnnxOptions;

/**
 * Measures how long an ONNX model takes in ONNX Runtime, as it is imported, with libtorch's own optimisations, and made for
 * inference, in float32 and in bfloat16; in turn in one process, with medians. With one thread it is this thread's time on
 * the processor that counts, whatever else the machine does.
 *
 * <pre>
 * OnnxRuntimeComparison MODEL.onnx BATCHES THREADS INPUT...
 * OnnxRuntimeComparison resnet18.onnx 1,8 1,2 1x3x224x224
 * </pre>
 */
final class OnnxRuntimeComparison {
    private static final double NANOSECONDS_A_ROUND = 60e6;
    private static final int MOST_CALLS = 60;

    private final Path file;
    private final List<String> names;
    private final ScriptModule loaded;
    private final JitModule optimized;

    private OnnxRuntimeComparison(Path file) {
        this.file = file;
        OnnxModel model = OnnxModel.load(file);
        this.names = model.inputs().stream().map(input -> input.name()).toList();
        this.loaded = model.toModule();
        loaded.eval();
        this.optimized = optimized(loaded);
    }

    private static JitModule optimized(ScriptModule module) {
        Path archive = Path.of("target", "comparison.pt");
        module.save(archive);
        JitModule program = torch.load(archive.toString());
        program.eval();
        torch.setGraphExecutorOptimize(true);
        return torch.optimize_for_inference(program);
    }

    public static void main(String[] arguments) throws OrtException {
        Torch.setNumThreads(1);
        OnnxRuntimeComparison comparison = new OnnxRuntimeComparison(Path.of(arguments[0]));
        InputShape.Converter shapes = new InputShape.Converter();
        try (GradMode mode = Torch.inferenceMode()) {
            for (int batch : numbers(arguments[1])) {
                List<Tensor> inputs = Arrays.stream(arguments)
                        .skip(3)
                        .map(text -> shapes.convert(text).withBatch(batch).random())
                        .toList();
                for (int threads : numbers(arguments[2])) {
                    Torch.setNumThreads(threads);
                    comparison.run(inputs, batch, threads);
                }
            }
        }
    }

    private static int[] numbers(String text) {
        return Arrays.stream(text.split(",")).mapToInt(Integer::parseInt).toArray();
    }

    private static LongSupplier clock(int threads) {
        ThreadMXBean beans = ManagementFactory.getThreadMXBean();
        return threads == 1 ? beans::getCurrentThreadCpuTime : System::nanoTime;
    }

    private void run(List<Tensor> inputs, int batch, int threads) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        try (OrtSession session = environment.createSession(file.toString(), options)) {
            Map<String, OnnxTensor> feeds = feeds(environment, inputs);
            Object[] tensors = inputs.toArray();
            LongSupplier clock = clock(threads);
            // Which operators it has depends on the number of threads.
            ScriptModule fast = OnnxModel.load(file).toModule(OnnxOptions.inference());
            ScriptModule half =
                    OnnxModel.load(file).toModule(OnnxOptions.inference().bfloat16(true));
            new Comparison(file + ", batch " + batch + ", threads " + threads, "ms", 1e6)
                    .add("ONNX Runtime", 0, timed(clock, () -> session.run(feeds)
                            .close()))
                    .add("as imported", 0, timed(clock, () -> Scope.run(() -> loaded.run("forward", tensors))))
                    .add("libtorch's optimisation", 0, timed(clock, () -> runOptimized(inputs)))
                    .add("for inference", 1, timed(clock, () -> Scope.run(() -> fast.run("forward", tensors))))
                    .add(
                            "for inference, bfloat16",
                            0,
                            timed(clock, () -> Scope.run(() -> half.run("forward", tensors))))
                    .print(new PrintWriter(System.out, true));
        }
    }

    private interface Call {
        void run() throws OrtException;
    }

    /** A round of as many calls as fit. */
    private static LongSupplier timed(LongSupplier clock, Call call) throws OrtException {
        call.run();
        long start = clock.getAsLong();
        call.run();
        double once = clock.getAsLong() - start;
        int calls = (int) Math.max(1, Math.min(MOST_CALLS, NANOSECONDS_A_ROUND / once));
        return () -> {
            try {
                call.run();
                long begin = clock.getAsLong();
                for (int i = 0; i < calls; i++) {
                    call.run();
                }
                return (clock.getAsLong() - begin) / calls;
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private void runOptimized(List<Tensor> inputs) {
        torch.setGraphExecutorOptimize(false);
        try (var scope = new org.bytedeco.javacpp.PointerScope()) {
            IValueVector values = new IValueVector();
            inputs.forEach(input -> values.push_back(new IValue(input.unwrap())));
            optimized.forward(values);
        }
    }

    private Map<String, OnnxTensor> feeds(OrtEnvironment environment, List<Tensor> inputs) throws OrtException {
        Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            Tensor input = inputs.get(i);
            feeds.put(
                    names.get(i),
                    input.dtype() == DType.INT64
                            ? OnnxTensor.createTensor(environment, LongBuffer.wrap(input.toLongArray()), input.shape())
                            : OnnxTensor.createTensor(
                                    environment, FloatBuffer.wrap(input.toFloatArray()), input.shape()));
        }
        return feeds;
    }
}
