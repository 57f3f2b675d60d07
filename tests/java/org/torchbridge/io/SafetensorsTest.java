package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.testing.PythonOracle;

class SafetensorsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"types", "empty", "unaligned", "model-00001-of-00002"})
    void readsWhatTheReferenceWrote(String name) {
        SafetensorsReader file = SafetensorsReader.open(TensorFiles.path(name + ".safetensors"));
        if (!name.startsWith("model")) {
            TensorFiles.assertEqual(file.stateDict(), TensorFiles.expected(name + ".safetensors"));
        }
        assertThat(file.stateDict().keySet()).isEqualTo(file.keys());
    }

    @Test
    void readsMetadata() {
        assertThat(SafetensorsReader.open(TensorFiles.path("types.safetensors")).metadata())
                .containsExactly(Map.entry("format", "pt"), Map.entry("note", "schräg"));
        assertThat(SafetensorsReader.open(TensorFiles.path("unaligned.safetensors"))
                        .metadata())
                .isEmpty();
    }

    /** With the order of tensors, the padding, the texts and so on. */
    @ParameterizedTest
    @ValueSource(strings = {"types", "empty", "model-00001-of-00002"})
    void writesTheBytesOfTheReference(String name) throws IOException {
        Path original = TensorFiles.path(name + ".safetensors");
        SafetensorsReader file = SafetensorsReader.open(original);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        List<String> keys = new ArrayList<>(file.keys());
        Collections.reverse(keys);
        keys.forEach(key -> tensors.put(key, file.tensor(key)));
        Path copy = folder.resolve("copy.safetensors");
        SafetensorsWriter.write(tensors, file.metadata(), copy);
        assertThat(Files.readAllBytes(copy)).isEqualTo(Files.readAllBytes(original));
    }

    @Test
    void pythonReadsWhatJavaWrote() throws IOException {
        Tensor base = Torch.arange(12).to(DType.FLOAT64).view(3, 4);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("transposed", base.t());
        tensors.put("part", base.get("1:, ::2"));
        tensors.put("expanded", Torch.ones(1).expand(3));
        tensors.put(
                "conjugate", Torch.complex(Torch.tensor(1f), Torch.tensor(2f)).conj());
        tensors.put(
                "half \uD83D\uDE00", Torch.tensor(1.5f, -2f).to(DType.BFLOAT16).requiresGrad(true));
        tensors.put("nothing", Torch.empty(0, 2));
        tensors.put("number", Torch.tensor(7L));
        Path file = folder.resolve("java.safetensors");
        SafetensorsWriter.write(tensors, file);
        List<String> printed = python(file);
        assertThat(printed.get(0)).isEqualTo("{\"format\": \"pt\"}");
        Map<String, String> lines = new LinkedHashMap<>();
        printed.subList(1, printed.size()).forEach(line -> {
            String[] parts = line.split("\t", 2);
            lines.put(TensorFiles.json(parts[0]), parts[1]);
        });
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("transposed", "F64\t[4, 3]\t" + TensorFiles.hex(base.t().clone()));
        expected.put("part", "F64\t[2, 2]\t" + TensorFiles.hex(Torch.tensor(4.0, 6.0, 8.0, 10.0)));
        expected.put("expanded", "F32\t[3]\t" + "0000803f".repeat(3));
        expected.put("conjugate", "C64\t[]\t0000803f000000c0");
        expected.put("half \uD83D\uDE00", "BF16\t[2]\tc03f00c0");
        expected.put("nothing", "F32\t[0, 2]\t");
        expected.put("number", "I64\t[]\t0700000000000000");
        assertThat(lines).isEqualTo(expected);
    }

    /** The specification's reader in Python agrees with the files of the reference, too. */
    @Test
    void pythonReadsWhatTheReferenceWrote() throws IOException {
        assertThat(python(TensorFiles.path("types.safetensors")))
                .hasSize(1 + TensorFiles.expected("types.safetensors").size());
    }

    private static List<String> python(Path file) throws IOException {
        String script = Files.readString(Path.of("tests", "python", "read_safetensors.py"));
        return PythonOracle.run(script, file.toString()).lines().toList();
    }

    @Test
    void tiedTensorsAreWrittenEach() {
        Tensor weight = Torch.arange(4.0);
        Path file = folder.resolve("tied.safetensors");
        SafetensorsWriter.write(Map.of("a", weight, "b", weight), file);
        SafetensorsReader read = SafetensorsReader.open(file);
        read.tensor("a").zero_();
        assertThat(read.tensor("b").toDoubleArray()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void tensorsAreMapped() throws IOException {
        Path file = folder.resolve("mapped.safetensors");
        SafetensorsWriter.write(Map.of("a", Torch.zeros(4), "b", Torch.ones(4)), file);
        byte[] before = Files.readAllBytes(file);
        SafetensorsReader read = SafetensorsReader.open(file);
        read.tensor("a").fill_(5);
        assertThat(read.tensor("a").toDoubleArray()).containsOnly(5);
        assertThat(read.tensor("b").toDoubleArray()).containsOnly(1);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void largeFileIsOpenedAtOnce() throws IOException {
        Path file = folder.resolve("large.safetensors");
        long bytes = 10L << 30;
        String header = "{\"large\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                        .formatted(bytes - 4, bytes - 4)
                + "\"last\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}".formatted(bytes - 4, bytes);
        header += " ".repeat(Math.floorMod(-header.length(), 8));
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(8 + header.length() + bytes);
            out.writeLong(Long.reverseBytes(header.length()));
            out.write(header.getBytes(StandardCharsets.UTF_8));
            out.seek(8 + header.length() + bytes - 4);
            out.writeInt(Integer.reverseBytes(Float.floatToIntBits(2.5f)));
        }
        long start = System.nanoTime();
        Tensor last = SafetensorsReader.open(file).tensor("last");
        assertThat(last.toDoubleArray()).containsExactly(2.5);
        assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
    }

    @Test
    void readerOutlivesItsScope() {
        SafetensorsReader file;
        try (Scope scope = Scope.open()) {
            file = SafetensorsReader.open(TensorFiles.path("types.safetensors"));
            assertThat(scope.size()).isZero();
        }
        assertThat(file.tensor("scalar").toDouble()).isEqualTo(2.5);
    }

    @Test
    void missingTensorIsSaid() {
        SafetensorsReader file = SafetensorsReader.open(TensorFiles.path("types.safetensors"));
        assertThatThrownBy(() -> file.tensor("weight"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no tensor 'weight'");
    }

    @Test
    void otherFilesAreRefusedByKind() {
        assertThatThrownBy(() -> SafetensorsReader.open(StateDictFiles.path("module.pth")))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("module.pth is a file of torch.save, not a safetensors file");
        assertThatThrownBy(() -> SafetensorsReader.open(folder.resolve("missing")))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("there is no file");
    }

    @Test
    void whatTheFormatLacksIsRefused() {
        assertUnwritable("x", Torch.eye(2).toSparse(), "'x' is sparse");
        assertUnwritable("x", Torch.ones(2).to(DType.COMPLEX128), "torch.complex128");
        assertUnwritable("x", null, "'x' is null");
        assertUnwritable("__metadata__", Torch.ones(2), "named '__metadata__'");
        assertUnwritable("\uD83D", Torch.ones(2), "can have no tensor named");
        assertThat(folder).isEmptyDirectory();
    }

    private void assertUnwritable(String name, Tensor tensor, String reason) {
        assertThatThrownBy(() -> SafetensorsWriter.write(
                        Collections.singletonMap(name, tensor), folder.resolve("x.safetensors")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
