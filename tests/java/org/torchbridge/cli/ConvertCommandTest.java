package org.torchbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.io.FileKind;
import org.torchbridge.io.SafetensorsWriter;
import org.torchbridge.io.SavedFile;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.OnnxModel;
import org.torchbridge.testing.PythonOracle;

/** What {@code convert} makes of each kind of file, and what it refuses. */
class ConvertCommandTest {
    private static final List<String> NAMES = List.of(
            "model.pth",
            "model.safetensors",
            "model.npz",
            "model.safetensors.index.json",
            "pytorch_model.bin.index.json");

    private static final Path RESOURCES = Path.of("tests", "resources", "state_dicts");

    @TempDir
    private Path folder;

    private StateDict state;
    private Path pth;

    @BeforeEach
    void saveState() {
        state = new StateDict();
        state.put("module.fc.weight", Torch.arange(6).to(DType.FLOAT32).view(2, 3));
        state.put("module.fc.bias", Torch.tensor(0.5, -2.0));
        state.put("module.steps", Torch.tensor(7L));
        state.metadata().put("", Map.of("version", 1L));
        state.metadata().put("module.fc", Map.of("version", 2L));
        pth = folder.resolve("original.pth");
        Torch.save(state, pth);
    }

    static Stream<List<String>> pairs() {
        return NAMES.stream().flatMap(from -> NAMES.stream().map(to -> List.of(from, to)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everyKindBecomesEveryOther(List<String> names) throws IOException {
        Path in = Files.createDirectories(folder.resolve("in")).resolve(names.get(0));
        Path out = Files.createDirectories(folder.resolve("out")).resolve(names.get(1));
        convert(pth, in, "--max-shard-size", "20");
        convert(in, out, "--max-shard-size", "20");
        assertEqual(Torch.load(out).stateDict(), state);
        assertThat(FileKind.of(out)).isEqualTo(kind(names.get(1)));
    }

    private static FileKind kind(String name) {
        return switch (NAMES.indexOf(name)) {
            case 0 -> FileKind.TORCH_SAVE;
            case 1 -> FileKind.SAFETENSORS;
            case 2 -> FileKind.NUMPY;
            default -> FileKind.SHARD_INDEX;
        };
    }

    /** The size is given where it has a meaning. */
    private static void convert(Path in, Path out, String option, String value) {
        boolean applies = out.toString().endsWith(".index.json");
        assertWritten(
                applies ? CommandLineRun.of("convert", in, out, option, value) : CommandLineRun.of("convert", in, out),
                out);
    }

    @Test
    void singleArraysGoBothWays() {
        Path array = folder.resolve("array.npy");
        assertWritten(CommandLineRun.of("convert", pth, array, "--key", "module.fc.bias"), array);
        assertThat(Torch.load(array).value()).isInstanceOf(Tensor.class);
        Path tensor = folder.resolve("tensor.pth");
        assertWritten(CommandLineRun.of("convert", array, tensor), tensor);
        assertThat(((Tensor) Torch.load(tensor).value()).toDoubleArray()).containsExactly(0.5, -2.0);
    }

    @Test
    void otherKindThanTheNameSays() {
        Path out = folder.resolve("weights");
        assertWritten(CommandLineRun.of("convert", pth, out, "--to", "safetensors"), out);
        assertThat(FileKind.of(out)).isEqualTo(FileKind.SAFETENSORS);
    }

    @Test
    void metadataOfSafetensorsAndOfModulesIsKept() {
        Path copy = folder.resolve("copy.pth");
        assertWritten(CommandLineRun.of("convert", pth, copy), copy);
        assertThat(Torch.load(copy).stateDict().metadata()).isEqualTo(state.metadata());
        Path first = folder.resolve("first.safetensors");
        SafetensorsWriter.write(state, Map.of("author", "we"), first);
        Path second = folder.resolve("second.safetensors");
        assertWritten(CommandLineRun.of("convert", first, second), second);
        assertThat(((SavedFile.OfSafetensors) Torch.load(second)).metadata()).isEqualTo(Map.of("author", "we"));
    }

    @Test
    void namesAreChangedOneAfterAnother() {
        Path out = folder.resolve("renamed.pth");
        assertWritten(
                CommandLineRun.of(
                        "convert",
                        pth,
                        out,
                        "--rename",
                        "^module\\.=",
                        "--rename",
                        "^(fc|classifier)\\.(?=w)=head.$1."),
                out);
        StateDict renamed = Torch.load(out).stateDict();
        assertThat(renamed.keySet()).containsExactly("head.fc.weight", "fc.bias", "steps");
        assertThat(renamed.metadata()).containsOnlyKeys("", "fc");
    }

    @Test
    void namesThatFallTogetherAreRefused() {
        assertFailure(
                CommandLineRun.of("convert", pth, folder.resolve("x.pth"), "--rename", "weight|bias=value"),
                1,
                "--rename makes 'module.fc.value' of both 'module.fc.weight' and 'module.fc.bias'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"float16", "bfloat16", "float64", "float8_e4m3fn"})
    void onlyFloatingPointTensorsChangeTheirType(String dtype) {
        Path out = folder.resolve("half.pth");
        assertWritten(CommandLineRun.of("convert", pth, out, "--dtype", dtype), out);
        StateDict half = Torch.load(out).stateDict();
        DType type = DType.parse(dtype);
        assertThat(half.values().stream().map(Tensor::dtype)).containsExactly(type, type, DType.INT64);
        assertThat(half.get("module.fc.bias").to(DType.FLOAT64).toDoubleArray()).containsExactly(0.5, -2.0);
    }

    @Test
    void tiedTensorsStayTied() {
        StateDict tied = new StateDict();
        Tensor weight = Torch.ones(1000);
        tied.put("a", weight);
        tied.put("b", weight);
        tied.put("c", weight.get(":10").requiresGrad(true));
        Torch.save(tied, pth = folder.resolve("tied.pth"));
        Path out = folder.resolve("half.pth");
        assertWritten(CommandLineRun.of("convert", pth, out, "--dtype", "float16"), out);
        StateDict half = Torch.load(out).stateDict();
        half.get("a").zero_();
        assertThat(half.get("b").sum().toDouble()).isZero();
        assertThat(half.get("c").requiresGrad()).isTrue();
    }

    @Test
    void partOfACheckpointIsTaken() {
        Path checkpoint = checkpoint();
        Path out = folder.resolve("model.safetensors");
        assertWritten(CommandLineRun.of("convert", checkpoint, out, "--key", "inner", "--key", "model"), out);
        assertEqual(Torch.load(out).stateDict(), state);
        assertFailure(
                CommandLineRun.of("convert", checkpoint, out, "--force", "--key", "state"),
                1,
                "there is no 'state' in " + checkpoint + ", but only [epoch, inner]");
        assertFailure(
                CommandLineRun.of("convert", checkpoint, out, "--force"),
                1,
                "dictionary of 2 items, not tensors by their names: take a part of it with --key: inner");
    }

    @Test
    void wholeCheckpointIsWrittenAgain() {
        Path out = folder.resolve("again.pth");
        assertWritten(CommandLineRun.of("convert", checkpoint(), out), out);
        assertThat(((Map<?, ?>) Torch.load(out).value()).get("epoch")).isEqualTo(3L);
    }

    private Path checkpoint() {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("model", state);
        Map<String, Object> checkpoint = new LinkedHashMap<>();
        checkpoint.put("epoch", 3L);
        checkpoint.put("inner", inner);
        Path file = folder.resolve("checkpoint.pth");
        Torch.save(checkpoint, file);
        return file;
    }

    @Test
    void largeOnesAreSplit() throws IOException {
        Path out = folder.resolve("model.safetensors");
        CommandLineRun run = CommandLineRun.of("convert", pth, out, "--max-shard-size", "24");
        Path index = folder.resolve("model.safetensors.index.json");
        assertWritten(run, index);
        assertThat(out).doesNotExist();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(file -> file.toString().contains("-of-00002.safetensors")))
                    .hasSize(2);
        }
        Path whole = folder.resolve("whole.pth");
        assertWritten(CommandLineRun.of("convert", index, whole), whole);
        assertEqual(Torch.load(whole).stateDict(), state);
    }

    @Test
    void whatIsThereIsReplacedOnlyByForce() throws IOException {
        Path out = Files.writeString(folder.resolve("precious.safetensors"), "precious");
        assertFailure(CommandLineRun.of("convert", pth, out), 1, out + " is there already; --force replaces it");
        assertThat(out).hasContent("precious");
        assertFailure(
                CommandLineRun.of("convert", pth, folder.resolve("precious.safetensors.index.json")),
                1,
                out + " is there already");
        assertWritten(CommandLineRun.of("convert", pth, out, "--force"), out);
        assertWritten(CommandLineRun.of("convert", pth, pth, "--force", "--dtype", "float64"), pth);
        assertEqual(Torch.load(out).stateDict(), state);
    }

    /** What cannot be written leaves neither a part of the new file nor the old one's loss. */
    @Test
    void nothingIsLeftOfAFailure() throws IOException {
        Path out = Files.writeString(folder.resolve("out.npz"), "precious");
        assertFailure(
                CommandLineRun.of("convert", pth, out, "--force", "--dtype", "bfloat16"),
                1,
                "which NumPy does not have");
        assertThat(out).hasContent("precious");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(out, pth);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            x.hdf5        |                          | 2 | should end with one of .pth, .pt, .bin, .safetensors, .npz, .npy
            x.onnx        |                          | 1 | a TorchScript program or an ONNX model becomes an ONNX model
            x.onnx        | --dtype=float16          | 2 | are for weights, not for programs
            x.onnx        | --inference              | 2 | --inference is for programs
            x.onnx        | --input=3y4              | 2 | '3y4' is no input such as
            x.onnx        | --dynamic=batch          | 2 | 'batch' is no size such as 0:batch or mask:1:length
            x.pth         | --opset=17               | 2 | --opset and --verify are for ONNX models
            x.pth         | --to=hdf5                | 2 | hdf5
            x.pth         | --dtype=int8             | 2 | 'int8' is no floating-point type
            x.pth         | --dtype=half             | 2 | 'half' is no floating-point type
            x.pth         | --rename=module.         | 2 | is not REGEX=REPLACEMENT
            x.pth         | --rename=(=x             | 2 | '(' is no regular expression
            x.pth         | --rename=a=$1            | 2 | '$1' is no replacement
            x.pth         | --max-shard-size=2GB     | 2 | --max-shard-size is for several files
            x.safetensors | --max-shard-size=2 bytes | 2 | no size such as 2GB
            x.safetensors | --max-shard-size=0       | 2 | no size such as 2GB
            x             | --to=sharded             | 2 | should end with .safetensors
            x.npy         |                          | 1 | holds 3 tensors, and a .npy file has one
            no/x.pth      |                          | 1 | there is no folder
            """)
    void whatMakesNoSenseIsRefused(String name, String option, int code, String words) {
        Path out = folder.resolve(name);
        assertFailure(
                option == null
                        ? CommandLineRun.of("convert", pth, out)
                        : CommandLineRun.of("convert", pth, out, option),
                code,
                words);
        assertThat(out).doesNotExist();
    }

    @Test
    void whatHasNoTensorsIsRefused() {
        Path in = RESOURCES.resolve("image.png");
        assertFailure(CommandLineRun.of("convert", in, folder.resolve("x.pth")), 1, "an image");
    }

    @ParameterizedTest
    @ValueSource(strings = {"script.pt", "model.onnx"})
    void weightsOfProgramsAreTaken(String name) {
        Path out = folder.resolve("weights.safetensors");
        assertWritten(CommandLineRun.of("convert", RESOURCES.resolve(name), out), out);
        StateDict weights = Torch.load(out).stateDict();
        assertThat(weights.keySet()).containsExactlyInAnyOrder("weight", "bias");
        assertThat(weights.get("weight").shape()).containsExactly(3, 2);
    }

    @Test
    void onnxModelBecomesAProgramThatPythonRuns() {
        Path out = folder.resolve("model.pt");
        assertWritten(CommandLineRun.of("convert", RESOURCES.resolve("model.onnx"), out), out);
        assertThat(ScriptModule.load(out).parameters()).hasSize(2);
        String python = PythonOracle.run(
                "import sys, torch\nfor y in torch.jit.load(sys.argv[1])(torch.ones(1, 2)).flatten(): print(y.item())",
                out.toString());
        double[] ours = ofOnnx().toDoubleArray();
        List<Double> theirs = python.lines().map(Double::valueOf).toList();
        assertThat(theirs).hasSize(ours.length);
        for (int i = 0; i < ours.length; i++) {
            assertThat(theirs.get(i)).isCloseTo(ours[i], within(1e-6));
        }
    }

    @Test
    void programForInferenceHasNoParameters() {
        Path out = folder.resolve("fast.pt");
        assertWritten(CommandLineRun.of("convert", RESOURCES.resolve("model.onnx"), out, "--inference"), out);
        ScriptModule fast = ScriptModule.load(out);
        assertThat(fast.parameters()).isEmpty();
        Tensor result = fast.call(Torch.ones(1, 2)).flatten().to(DType.FLOAT64);
        assertThat(Torch.allclose(result, ofOnnx(), 1e-6, 1e-6)).isTrue();
    }

    private static Tensor ofOnnx() {
        ScriptModule module = OnnxModel.load(RESOURCES.resolve("model.onnx")).toModule();
        return module.call(Torch.ones(1, 2)).detach().flatten().to(DType.FLOAT64);
    }

    @Test
    void programsAreMadeOfOnnxModelsAlone() {
        Path out = folder.resolve("x.pt");
        assertFailure(
                CommandLineRun.of("convert", pth, out, "--to", "torchscript"),
                1,
                pth + " is a file of torch.save; an ONNX model becomes a TorchScript program");
        Path onnx = RESOURCES.resolve("model.onnx");
        assertFailure(CommandLineRun.of("convert", onnx, out, "--dtype", "float16"), 2, "are for weights");
        assertFailure(CommandLineRun.of("convert", pth, out, "--inference"), 2, "--inference is for programs");
    }

    @Test
    void programBecomesAModelThatOnnxRuntimeRunsForOpenSizes() {
        Path out = folder.resolve("script.onnx");
        CommandLineRun run = CommandLineRun.of(
                "convert",
                RESOURCES.resolve("script.pt"),
                out,
                "--input=1x2",
                "--dynamic=0:batch",
                "--opset=18",
                "--verify");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out().lines())
                .hasSize(4)
                .startsWith("wrote " + out, "inputs: [input: float[batch, 2]]", "outputs: [output: float[batch, 3]]")
                .last()
                .asString()
                .matches("ONNX Runtime's results differ by \\S+ at most");
        OnnxModel model = OnnxModel.load(out);
        assertThat(model.opsets()).containsEntry("", 18L);
        Tensor input = Torch.randn(4, 2);
        Tensor expected = ScriptModule.load(RESOURCES.resolve("script.pt")).call(input);
        assertThat(model.toModule().call(input).allclose(expected)).isTrue();
    }

    @Test
    void programsDoNotSayWhatTheirInputsAre() {
        Path script = RESOURCES.resolve("script.pt");
        Path out = folder.resolve("x.onnx");
        assertFailure(CommandLineRun.of("convert", script, out), 1, "say it with --input");
        assertFailure(
                CommandLineRun.of("convert", script, out, "--input=1x2", "--dynamic=mask:0:batch"),
                1,
                "a size of 'mask' is to stay open, but the inputs are [input]");
        assertFailure(CommandLineRun.of("convert", script, out, "--input=1x2", "--opset=9"), 1, "opset is 9");
        assertThat(out).doesNotExist();
    }

    @Test
    void modelBecomesOneOfAnotherOpsetWithTheSameNames() {
        OnnxModel before = OnnxModel.load(RESOURCES.resolve("model.onnx"));
        Path out = folder.resolve("newer.onnx");
        CommandLineRun run =
                CommandLineRun.of("convert", RESOURCES.resolve("model.onnx"), out, "--opset=21", "--verify");
        assertThat(run.err()).isEmpty();
        OnnxModel after = OnnxModel.load(out);
        assertThat(after.opsets()).containsEntry("", 21L);
        assertThat(after.inputs()).hasToString(before.inputs().toString());
        assertThat(after.outputs().get(0).name())
                .isEqualTo(before.outputs().get(0).name());
        assertThat(after.weights()).isEqualTo(before.weights());
    }

    @Test
    void pythonReadsWhatWasConverted() {
        Path safetensors = folder.resolve("model.safetensors");
        Path again = folder.resolve("again.pth");
        assertWritten(CommandLineRun.of("convert", pth, safetensors), safetensors);
        assertWritten(CommandLineRun.of("convert", safetensors, again, "--dtype", "float16"), again);
        String printed = PythonOracle.run(
                "import sys, torch\n"
                        + "state = torch.load(sys.argv[1], weights_only=True)\n"
                        + "print({key: (str(value.dtype), value.tolist()) for key, value in sorted(state.items())})",
                again.toString());
        assertThat(printed.strip())
                .isEqualTo("{'module.fc.bias': ('torch.float16', [0.5, -2.0]), 'module.fc.weight': ('torch.float16',"
                        + " [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]), 'module.steps': ('torch.int64', 7)}");
    }

    private static void assertWritten(CommandLineRun run, Path out) {
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo("wrote " + out + System.lineSeparator());
    }

    private static void assertFailure(CommandLineRun run, int code, String words) {
        assertThat(run.err()).contains(words);
        assertThat(run.saysOneSentence()).isTrue();
        assertThat(run.code()).isEqualTo(code);
    }

    private static void assertEqual(Map<String, Tensor> actual, Map<String, Tensor> expected) {
        assertThat(actual.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        expected.forEach((key, tensor) -> {
            assertThat(actual.get(key).dtype()).as(key).isEqualTo(tensor.dtype());
            assertThat(Arrays.equals(actual.get(key).shape(), tensor.shape()))
                    .as(key)
                    .isTrue();
            assertThat(actual.get(key).equal(tensor)).as(key).isTrue();
        });
    }
}
