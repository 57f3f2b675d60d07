package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.torchbridge.onnx.ModelText.attribute;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.internal.NativeMemory;
import org.torchbridge.io.Mutations;
import org.torchbridge.onnx.importer.Registry;
import org.torchbridge.onnx.proto.AttributeProto.AttributeType;
import org.torchbridge.onnx.proto.FunctionProto;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.ModelProto;
import org.torchbridge.onnx.proto.OperatorSetIdProto;

/**
 * Makes modules of models that were changed at random. A model becomes a module or is refused with an exception of the
 * library; anything else, a crash, a hang or memory out of proportion, is a failure, and its model is kept in {@code
 * target/fuzz-failures}.
 *
 * <p>It does the same each time; {@code -Dtorchbridge.fuzz.onnx=100000} has it try so many models, and {@code
 * -Dtorchbridge.fuzz.seed=7} others.
 */
class OnnxFuzzTest {
    private static final int MODELS = Integer.getInteger("torchbridge.fuzz.onnx", 500);
    private static final long SEED = Long.getLong("torchbridge.fuzz.seed", 1);
    private static final long SECONDS = 10;
    private static final long MEMORY = 2L << 30;
    private static final Path FAILURES = Path.of("target", "fuzz-failures");

    private final Random random = new Random(SEED);
    private final List<ModelProto> models = models();
    private volatile int tried;
    private volatile int made;
    private volatile long started;
    private volatile @Nullable Throwable failure;

    @Test
    void changedModelsBecomeModulesOrAreRefused() throws IOException, InterruptedException {
        Path file = Files.createDirectories(FAILURES).resolve("model-" + SEED + ".onnx");
        Thread converter = new Thread(() -> convertAll(file), "onnx-fuzz");
        long before = NativeMemory.liveBytes();
        started = System.nanoTime();
        converter.setDaemon(true);
        converter.start();
        while (converter.isAlive() && failure == null) {
            converter.join(1);
            if (System.nanoTime() - started > TimeUnit.SECONDS.toNanos(SECONDS)) {
                failure = new AssertionError("converting takes more than " + SECONDS + " seconds");
                failure.setStackTrace(converter.getStackTrace());
            } else if (NativeMemory.liveBytes() - before > MEMORY) {
                failure = new AssertionError("converting takes more than " + MEMORY + " bytes of memory");
                failure.setStackTrace(converter.getStackTrace());
            }
        }
        System.out.println("fuzz: seed " + SEED + ", " + tried + " models, of which " + made + " became modules");
        assertThat(failure)
                .as("model %d of seed %d, which is %s%n%s", tried, SEED, file, trace(failure))
                .isNull();
        Files.delete(file);
        assertThat(made).isBetween(MODELS / 20, MODELS * 19 / 20);
    }

    private static String trace(@Nullable Throwable problem) {
        StringWriter text = new StringWriter();
        if (problem != null) {
            problem.printStackTrace(new PrintWriter(text));
        }
        return text.toString();
    }

    private void convertAll(Path file) {
        try {
            for (tried = 0; tried < MODELS && failure == null; tried++) {
                byte[] model = mutated(models.get(random.nextInt(models.size())));
                // What a crash leaves behind.
                Files.write(file, model);
                started = System.nanoTime();
                convert(model);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private byte[] mutated(ModelProto model) throws InvalidProtocolBufferException {
        if (random.nextInt(5) == 0) {
            return Mutations.bytes(model.toByteArray(), random);
        }
        ProtoMutations mutations = new ProtoMutations(names(), random);
        ModelProto changed = model;
        for (int i = random.nextInt(3); i >= 0; i--) {
            changed = mutations.mutate(changed);
        }
        return changed.toByteArray();
    }

    /** What an operator may become: another one. */
    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of("", "nowhere", "com.microsoft"));
        Registry.STANDARD.operators().values().forEach(operators -> names.addAll(new TreeSet<>(operators.keySet())));
        return names;
    }

    private void convert(byte[] model) {
        OnnxOptions options = random.nextInt(8) == 0 ? OnnxOptions.inference() : OnnxOptions.options();
        try (Scope scope = Scope.open()) {
            OnnxModel.load(model).toModule(options).close();
            made++;
        } catch (TorchException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    // ---- the models

    private static List<ModelProto> models() {
        return List.of(
                images(),
                shapes(),
                loops(),
                recurrent(),
                quantized(),
                sequences(),
                attention(),
                constants(),
                texts(),
                functions());
    }

    private static ModelProto images() {
        return new ModelText(17)
                .input("x", "float", "batch", 3, 8, 8)
                .weight("conv.weight", Torch.randn(4, 3, 3, 3))
                .weight("conv.bias", Torch.randn(4))
                .weight("scale", Torch.ones(4))
                .weight("shift", Torch.zeros(4))
                .weight("fc.weight", Torch.randn(5, 64))
                .weight("sizes", floats(1, 1, 2, 2))
                .node("Conv", "x conv.weight conv.bias", "a", attribute("pads", 1, 1, 1, 1))
                .node("BatchNormalization", "a scale shift shift scale", "b")
                .node("Relu", "b", "c")
                .node("MaxPool", "c", "d", attribute("kernel_shape", 2, 2), attribute("strides", 2, 2))
                .node("Resize", "d _ sizes", "e", attribute("mode", "linear"))
                .node("AveragePool", "e", "f", attribute("kernel_shape", 2, 2), attribute("strides", 2, 2))
                .node("Flatten", "f", "g")
                .node("Gemm", "g fc.weight", "h", attribute("transB", 1))
                .node("Softmax", "h", "y")
                .output("y")
                .proto();
    }

    private static ModelProto shapes() {
        return new ModelText(13)
                .input("x", "float", "batch", 4, 6)
                .weight("zero", Torch.tensor(0L))
                .weight("row", Torch.tensor(new long[] {0}))
                .weight("end", Torch.tensor(new long[] {2}))
                .weight("rest", Torch.tensor(new long[] {-1}))
                .node("Shape", "x", "shape")
                .node("Gather", "shape zero", "batch")
                .node("Unsqueeze", "batch row", "first")
                .node("Concat", "first rest", "target", attribute("axis", 0L))
                .node("Slice", "shape row end", "part")
                .node("ConstantOfShape", "part", "zeros", attribute("value", Torch.tensor(new long[] {1})))
                .node("Cast", "zeros", "real", attribute("to", 1L))
                .node("Tile", "part end", "tiled")
                .node("Range", "zero batch batch", "range")
                .node("Reshape", "x target", "flat")
                .node("Expand", "flat part", "wide")
                .node("ReduceSum", "real row", "sum")
                .node("Transpose", "x", "turned", attribute("perm", 2, 0, 1))
                .output("flat", "sum", "turned", "tiled", "range", "wide")
                .proto();
    }

    /** What the model alone determines, which is computed when it becomes a module. */
    private static ModelProto constants() {
        return new ModelText(19)
                .input("x", "float", "n")
                .input("axes", "int64", 2)
                .weight("sizes", Torch.tensor(new long[] {3, 2}))
                .weight("pads", Torch.tensor(new long[] {1, 0, 2, 1}))
                .weight("zero", Torch.tensor(0L))
                .weight("three", Torch.tensor(3L))
                .weight("one", Torch.tensor(1L))
                .weight("scales", floats(2, 3))
                .node("ConstantOfShape", "sizes", "zeros")
                .node("Tile", "zeros sizes", "tiled")
                .node("Range", "zero three one", "range")
                .node("Expand", "one sizes", "wide")
                .node("Pad", "zeros pads", "padded")
                .node("EyeLike", "wide", "eye")
                .node("OneHot", "range three pair", "hot")
                .weight("pair", floats(0, 1))
                .node("Resize", "zeros _ scales", "larger")
                .node("HannWindow", "three", "window")
                .node("ReduceSum", "tiled axes", "sum")
                .output("tiled", "range", "wide", "padded", "eye", "hot", "larger", "window", "sum")
                .proto();
    }

    private static ModelProto loops() {
        GraphProto step = new ModelText(16)
                .input("i", "int64")
                .input("go", "bool")
                .input("state", "float", 2)
                .node("Add", "state state", "next")
                .node("Identity", "go", "on")
                .node("Identity", "next", "each")
                .output("on", "next", "each")
                .graph();
        GraphProto slice = new ModelText(16)
                .input("sum", "float", 2)
                .input("row", "float", 2)
                .node("Add", "sum row", "more")
                .node("Identity", "more", "so_far")
                .output("more", "so_far")
                .graph();
        GraphProto then = new ModelText(16)
                .node("Abs", "looped", "positive")
                .output("positive")
                .graph();
        GraphProto otherwise = new ModelText(16)
                .node("Neg", "looped", "negative")
                .output("negative")
                .graph();
        return new ModelText(16)
                .input("x", "float", 2)
                .input("rows", "float", "n", 2)
                .input("which", "bool")
                .weight("times", Torch.tensor(3L))
                .node("Loop", "times which x", "looped all", attribute("body", step))
                .node("If", "which", "chosen", attribute("then_branch", then), attribute("else_branch", otherwise))
                .node("Scan", "chosen rows", "last sums", attribute("body", slice), attribute("num_scan_inputs", 1))
                .output("last", "sums", "all")
                .proto();
    }

    private static ModelProto recurrent() {
        return new ModelText(14)
                .input("x", "float", "time", "batch", 2)
                .input("lengths", "int32", "batch")
                .weight("w", Torch.randn(2, 12, 2))
                .weight("r", Torch.randn(2, 12, 3))
                .weight("b", Torch.randn(2, 24))
                .weight("gw", Torch.randn(1, 9, 6))
                .weight("gr", Torch.randn(1, 9, 3))
                .weight("shape", Torch.tensor(new long[] {0, 0, -1}))
                .node(
                        "LSTM",
                        "x w r b lengths",
                        "y h c",
                        attribute("hidden_size", 3),
                        attribute("direction", "bidirectional"))
                .node("Transpose", "y", "turned", attribute("perm", 0, 2, 1, 3))
                .node("Reshape", "turned shape", "flat")
                .node("GRU", "flat gw gr", "z last", attribute("hidden_size", 3), attribute("linear_before_reset", 1))
                .output("z", "last", "h", "c")
                .proto();
    }

    private static ModelProto quantized() {
        return new ModelText(21)
                .input("x", "float", "batch", 4)
                .weight("scale", Torch.tensor(0.1f))
                .weight("scales", floats(0.1f, 0.2f, 0.3f))
                .weight("zero", Torch.tensor(3L).to(org.torchbridge.DType.UINT8))
                .weight("w", Torch.ones(4, 3).to(org.torchbridge.DType.INT8))
                .node("QuantizeLinear", "x scale zero", "q")
                .node("DequantizeLinear", "w scales", "real", attribute("axis", 1))
                .node("MatMulInteger", "q w zero", "whole")
                .node("DequantizeLinear", "q scale zero", "back")
                .node("MatMul", "back real", "product")
                .node("DynamicQuantizeLinear", "product", "d e f")
                .output("whole", "product", "d", "e", "f")
                .proto();
    }

    private static ModelProto sequences() {
        return new ModelText(17)
                .input("x", "float", "n", 4)
                .weight("one", Torch.tensor(1L))
                .weight("indices", Torch.tensor(new long[][] {{0, 1}, {1, 0}}))
                .weight("updates", floats(1, 2))
                .node("SplitToSequence", "x one", "list", attribute("axis", 1))
                .node("SequenceAt", "list one", "second")
                .node("SequenceInsert", "list second", "longer")
                .node("ConcatFromSequence", "longer", "joined", attribute("axis", 1))
                .node("ScatterND", "joined indices updates", "written")
                .node("TopK", "written one", "values places")
                .output("values", "places", "joined")
                .proto();
    }

    private static ModelProto attention() {
        return new ModelText(17)
                .imports("com.microsoft", 1)
                .input("ids", "int64", "batch", "length")
                .weight("words", Torch.randn(10, 8))
                .weight("w", Torch.randn(8, 24))
                .weight("b", Torch.randn(24))
                .weight("gamma", Torch.ones(8))
                .node("Gather", "words ids", "x")
                .node("com.microsoft::Attention", "x w b", "a", attribute("num_heads", 2))
                .node("com.microsoft::SkipLayerNormalization", "a x gamma gamma", "n")
                .node("com.microsoft::FastGelu", "n b8", "g")
                .weight("b8", Torch.ones(8))
                .node("LayerNormalization", "g gamma", "y")
                .output("y")
                .proto();
    }

    private static ModelProto texts() {
        return new ModelText(20)
                .imports("ai.onnx.ml", 2)
                .input("x", "string", "n")
                .input("ids", "int64", "n", 4)
                .node("StringNormalizer", "x", "words", attribute("stopwords", "a", "b"))
                .node("Constant", "", "end", attribute("value_string", "!"))
                .node("StringConcat", "words end", "longer")
                .node("StringSplit", "longer", "parts counts", attribute("delimiter", "-"))
                .node("Equal", "x longer", "same")
                .node(
                        "ai.onnx.ml::LabelEncoder",
                        "parts",
                        "labels",
                        attribute("keys_strings", "c", "d"),
                        attribute("values_int64s", 7, 9))
                .node(
                        "TfIdfVectorizer",
                        "ids",
                        "grams",
                        attribute("mode", "TFIDF"),
                        attribute("min_gram_length", 1),
                        attribute("max_gram_length", 2),
                        attribute("max_skip_count", 1),
                        attribute("ngram_counts", 0, 2),
                        attribute("ngram_indexes", 0, 1, 2),
                        attribute("pool_int64s", 5, 6, 5, 6))
                .output("labels", "counts", "grams", "longer")
                .proto();
    }

    private static ModelProto functions() {
        FunctionProto twice = FunctionProto.newBuilder()
                .setDomain("mine")
                .setName("Twice")
                .addInput("a")
                .addOutput("b")
                .addAttribute("slope")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .addNode(ModelText.node(
                        "LeakyRelu", "once", "a", "c", ModelText.reference("alpha", "slope", AttributeType.FLOAT)))
                .addNode(ModelText.node("Add", "sum", "c c", "b"))
                .build();
        return new ModelText(17)
                .imports("mine", 1)
                .function(twice)
                .input("x", "float", "n", 3)
                .weight("w", Torch.randn(3))
                .node("mine::Twice", "x", "h", attribute("slope", 0.5f))
                .node("Mul", "h w", "m")
                .node("mine::Twice", "m", "y", attribute("slope", 0.1f))
                .output("y", "h")
                .proto();
    }

    private static Tensor floats(float... values) {
        return Torch.tensor(values);
    }
}
