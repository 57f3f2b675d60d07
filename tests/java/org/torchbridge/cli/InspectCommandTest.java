package org.torchbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.StateDict;
import org.torchbridge.Torch;
import org.torchbridge.io.NumpyWriter;
import org.torchbridge.io.PythonTuple;
import org.torchbridge.io.SafetensorsWriter;
import org.torchbridge.io.ShardedWriter;
import org.torchbridge.io.TorchSize;
import org.torchbridge.jit.ScriptModule;

/** What {@code inspect} says of each kind of file. */
class InspectCommandTest {
    @TempDir
    private Path folder;

    private static StateDict state() {
        StateDict state = new StateDict();
        state.put("layer.weight", Torch.zeros(20, 300));
        state.put("steps", Torch.tensor(1L, 2L));
        return state;
    }

    @Test
    void stateDictIsATable() {
        Path file = folder.resolve("state.pth");
        Torch.save(state(), file);
        assertPrinted(
                file,
                ": a file of torch.save, a state dict",
                "key           type     shape        bytes",
                "layer.weight  float32  (20 x 300)  24,000",
                "steps         int64    (2)             16",
                "2 tensors (1 float32, 1 int64), 6,002 elements, 24,016 bytes");
    }

    @Test
    void safetensorsComeWithTheirMetadata() {
        Path file = folder.resolve("state.safetensors");
        SafetensorsWriter.write(state(), Map.of("author", "we"), file);
        assertPrinted(
                file,
                ": a safetensors file",
                "metadata author: we",
                "key           type     shape        bytes",
                "steps         int64    (2)             16",
                "layer.weight  float32  (20 x 300)  24,000",
                "2 tensors (1 float32, 1 int64), 6,002 elements, 24,016 bytes");
    }

    @Test
    void indexComesWithItsFiles() {
        Path index = ShardedWriter.write(state(), folder.resolve("state.safetensors"), 1000);
        assertPrinted(
                index,
                ": an index of a checkpoint in several files",
                "file state-00001-of-00002.safetensors: a safetensors file",
                "file state-00002-of-00002.safetensors: a safetensors file",
                "key           type     shape        bytes",
                "layer.weight  float32  (20 x 300)  24,000",
                "steps         int64    (2)             16",
                "2 tensors (1 float32, 1 int64), 6,002 elements, 24,016 bytes");
    }

    @Test
    void arraysOfNumPyAreATable() {
        Path archive = folder.resolve("arrays.npz");
        NumpyWriter.write(state(), archive);
        assertPrinted(
                archive,
                ": a NumPy array or an archive of them",
                "key           type     shape        bytes",
                "layer.weight  float32  (20 x 300)  24,000",
                "steps         int64    (2)             16",
                "2 tensors (1 float32, 1 int64), 6,002 elements, 24,016 bytes");
        Path array = folder.resolve("array.npy");
        NumpyWriter.write(Torch.zeros(3), array);
        assertPrinted(
                array,
                ": a NumPy array or an archive of them",
                "key  type     shape  bytes",
                "     float32  (3)       12",
                "1 tensor (1 float32), 3 elements, 12 bytes");
    }

    @Test
    void checkpointIsATree() {
        Map<String, Object> checkpoint = new LinkedHashMap<>();
        checkpoint.put("epoch", 3L);
        checkpoint.put("loss", 0.25);
        checkpoint.put("done", false);
        checkpoint.put("best", null);
        checkpoint.put("note", "first\nsecond");
        checkpoint.put("raw", new byte[1234]);
        checkpoint.put("model", state());
        checkpoint.put("betas", PythonTuple.of(0.9, 0.999));
        checkpoint.put("size", new TorchSize(2, 3));
        checkpoint.put("type", DType.BFLOAT16);
        checkpoint.put("device", Device.CPU);
        checkpoint.put("seen", Set.of(7L));
        checkpoint.put("empty", Map.of());
        checkpoint.put("groups", List.of(Map.of("params", List.of(0L, 1L))));
        checkpoint.put("losses", new ArrayList<>(Arrays.asList(new Long[100])));
        Path file = folder.resolve("checkpoint.pth");
        Torch.save(checkpoint, file);
        CommandLineRun run = CommandLineRun.of("inspect", file);
        assertThat(run.err()).isEmpty();
        List<String> lines = run.out().lines().toList();
        assertThat(lines.subList(0, 20))
                .containsExactly(
                        file + ": a file of torch.save, dictionary of 15 items",
                        "  epoch: 3",
                        "  loss: 0.25",
                        "  done: False",
                        "  best: None",
                        "  note: 'first\\x0asecond'",
                        "  raw: 1,234 bytes",
                        "  model: dictionary of 2 items",
                        "    layer.weight: float32 (20 x 300)",
                        "    steps: int64 (2)",
                        "  betas: (0.9, 0.999)",
                        "  size: torch.Size[2, 3]",
                        "  type: torch.bfloat16",
                        "  device: cpu",
                        "  seen: {7}",
                        "  empty: {}",
                        "  groups: list of 1 item",
                        "    [0]: dictionary of 1 item",
                        "      params: [0, 1]",
                        "  losses: list of 100 items");
        assertThat(lines.subList(20, lines.size())).hasSize(41).endsWith("    ... and 60 more");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            tensors        | coo: float32 sparse_coo (2 x 3)
            tensors        | quantized: quint8 (2 x 3)
            newer          | meta: float32 (2 x 3)
            nested         | [0]: float32 nested
            circle         | again: list of 2 items, the same that this is in
            plain_2        | nan: nan
            legacy_tensors | tests/resources/saved_values/legacy_tensors.pth: a file of torch.save in the format from before
            """)
    void unusualValuesHaveALineToo(String name, String line) {
        CommandLineRun run = CommandLineRun.of("inspect", "tests/resources/saved_values/" + name + ".pth");
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).anyMatch(each -> each.strip().startsWith(line));
    }

    @Test
    void programIsATreeWithItsMethodsAndOperators() {
        assertPrinted(
                Path.of("tests", "resources", "torchscript_cases", "traced.pt"),
                ": a TorchScript archive, a whole module with its code",
                "Block",
                "  conv: Conv2d",
                "    weight: float32 (8 x 3 x 3 x 3)",
                "  bn: BatchNorm2d",
                "    weight: float32 (8)",
                "    bias: float32 (8)",
                "    running_mean: float32 (8), a buffer",
                "    running_var: float32 (8), a buffer",
                "    num_batches_tracked: int64 (), a buffer",
                "  down: Conv2d",
                "    weight: float32 (8 x 3 x 1 x 1)",
                "    bias: float32 (8)",
                "  fc: Linear",
                "    weight: float32 (4 x 8)",
                "    bias: float32 (4)",
                "10 tensors (9 float32, 1 int64), 317 elements, 1,272 bytes",
                "methods",
                "  forward(Tensor x) -> Tensor",
                "operator                   nodes",
                "aten::_convolution             2",
                "aten::adaptive_avg_pool2d      1",
                "aten::add                      1",
                "aten::batch_norm               1",
                "aten::flatten                  1",
                "aten::linear                   1",
                "aten::relu                     1",
                "prim::ListConstruct            9");
    }

    @Test
    void extraFilesOfAProgramAreNamed() {
        Path file = folder.resolve("model.pt");
        ScriptModule.load(Path.of("tests", "resources", "torchscript_cases", "traced.pt"))
                .save(file, Map.of("labels.txt", "cat".getBytes(StandardCharsets.UTF_8)));
        assertThat(CommandLineRun.of("inspect", file).out().lines().toList()).endsWith("  labels.txt: 3 bytes");
    }

    @Test
    void onnxModelIsItsInputsOutputsAndOperators() {
        assertPrinted(
                Path.of("tests", "resources", "state_dicts", "model.onnx"),
                ": an ONNX model",
                "version 7 of the format, written by pytorch 1.13.0",
                "operators of ai.onnx, version 14",
                "inputs",
                "  onnx::Gemm_0: float[1, 2]",
                "outputs",
                "  3: float[1, 3]",
                "2 weights",
                "operator  nodes",
                "Gemm          1");
    }

    @Test
    void operatorsThatAreNotSupportedAreNamed() {
        CommandLineRun run = CommandLineRun.of(
                "inspect", Path.of("tests", "resources", "verify_cases", "wrong", "unknown", "model.onnx"));
        assertThat(run.code()).isZero();
        assertThat(run.out().lines().toList()).contains("Nonsense      1", "not supported");
        assertThat(run.out().lines().reduce((first, last) -> last).orElseThrow())
                .startsWith("  Nonsense");
    }

    @Test
    void filesThatCannotBeReadAreNamedAfterTheOthers() {
        Path good = folder.resolve("state.pth");
        Torch.save(state(), good);
        Path image = Path.of("tests", "resources", "state_dicts", "image.png");
        CommandLineRun run = CommandLineRun.of("inspect", folder.resolve("missing"), image, good);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.saysOneSentence()).isTrue();
        assertThat(run.err())
                .contains("there is no file ", "missing; ", "image.png is an image", "Give a file of weights");
        assertThat(run.out()).startsWith(good + ": a file of torch.save");
    }

    /** A file of 10 GB with nothing in it takes no disk and, as long as nothing is read, no time. */
    @Test
    void theTensorsAreNotRead() throws IOException {
        long numel = 2_500_000_000L;
        String json = "{\"a\":{\"dtype\":\"F32\",\"shape\":[" + numel + "],\"data_offsets\":[0," + 4 * numel + "]}}";
        byte[] header = "%-80s".formatted(json).getBytes(StandardCharsets.US_ASCII);
        Path file = folder.resolve("large.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(8 + header.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length)
                        .put(header)
                        .array());
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(8 + header.length + 4 * numel);
        }
        long start = System.nanoTime();
        CommandLineRun run = CommandLineRun.of("inspect", file);
        assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
        assertThat(run.out()).contains("10,000,000,000 bytes");
    }

    private static void assertPrinted(Path file, String first, String... others) {
        CommandLineRun run = CommandLineRun.of("inspect", file);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        List<String> expected = new ArrayList<>(List.of(file + first));
        expected.addAll(List.of(others));
        assertThat(run.out().lines()).containsExactlyElementsOf(expected);
    }
}
