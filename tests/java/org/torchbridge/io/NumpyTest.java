package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.testing.PythonOracle;

class NumpyTest {
    /** Prints each array of a file as Python sees it, its elements in hexadecimal digits. */
    private static final String PRINT =
            """
            import sys, json, numpy
            loaded = numpy.load(sys.argv[1])
            arrays = dict(loaded) if sys.argv[1].endswith("npz") else {"": loaded}
            for name, a in arrays.items():
                print(json.dumps(name), a.dtype.name, list(a.shape), a.flags.c_contiguous, a.tobytes().hex(), sep="\\t")
            """;

    @TempDir
    Path folder;

    static List<String> singleArrays() {
        return TensorFiles.files(".npy");
    }

    @ParameterizedTest
    @MethodSource("singleArrays")
    void readsArrays(String name) {
        TensorFiles.assertEqual(NumpyReader.read(TensorFiles.path(name)), TensorFiles.expected(name));
    }

    @Test
    void readsArchives() {
        Map<String, Tensor> arrays = NumpyReader.read(TensorFiles.path("arrays.npz"));
        TensorFiles.assertEqual(arrays, TensorFiles.expected("arrays.npz"));
        assertThat(arrays.keySet()).first().isEqualTo("int64");
    }

    @Test
    void readsCompressedArchives() {
        Map<String, Tensor> arrays = NumpyReader.read(TensorFiles.path("compressed.npz"));
        Tensor zeros = arrays.remove("zeros");
        assertThat(zeros.shape()).containsExactly(300, 500);
        assertThat(zeros.any().toBoolean()).isFalse();
        TensorFiles.assertEqual(arrays, TensorFiles.expected("compressed.npz"));
    }

    @Test
    void columnsBecomeStrides() {
        Tensor columns = NumpyReader.read(TensorFiles.path("columns.npy")).get("");
        assertThat(columns.strides()).containsExactly(1, 2, 6);
    }

    @Test
    void arraysAreMapped() throws IOException {
        Path file = folder.resolve("mapped.npz");
        NumpyWriter.write(Map.of("a", Torch.ones(1000)), file);
        byte[] before = Files.readAllBytes(file);
        try (Scope scope = Scope.open()) {
            Tensor array = NumpyReader.read(file).get("a");
            assertThat(scope.size()).isEqualTo(1);
            array.zero_();
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void writesTheBytesOfNumpy() throws IOException {
        for (String name : List.of("rows", "number", "nothing", "truth")) {
            Path copy = folder.resolve(name + ".npy");
            NumpyWriter.write(NumpyReader.read(TensorFiles.path(name + ".npy")).get(""), copy);
            assertThat(Files.readAllBytes(copy))
                    .as(name)
                    .isEqualTo(Files.readAllBytes(TensorFiles.path(name + ".npy")));
        }
    }

    @Test
    void pythonReadsArchives() {
        Map<String, Tensor> tensors = NumpyReader.read(TensorFiles.path("arrays.npz"));
        tensors.put("transposed", Torch.arange(6).view(2, 3).t());
        tensors.put(
                "conjugate", Torch.complex(Torch.tensor(1f), Torch.tensor(2f)).conj());
        tensors.put("weight", Torch.tensor(1.5f).requiresGrad(true));
        Path file = folder.resolve("java.npz");
        NumpyWriter.write(tensors, file);
        Map<String, String> expected = new LinkedHashMap<>();
        tensors.forEach((key, tensor) -> expected.put(key, line(tensor)));
        assertThat(python(file)).isEqualTo(expected);
    }

    @Test
    void pythonReadsArrays() {
        Path file = folder.resolve("java.npy");
        Tensor tensor = Torch.randn(3, 4).t();
        NumpyWriter.write(tensor, file);
        assertThat(python(file)).isEqualTo(Map.of("", line(tensor)));
    }

    private static String line(Tensor tensor) {
        return tensor.dtype().pythonName() + "\t" + Arrays.toString(tensor.shape()) + "\tTrue\t"
                + TensorFiles.hex(tensor);
    }

    private static Map<String, String> python(Path file) {
        Map<String, String> lines = new LinkedHashMap<>();
        PythonOracle.run(PRINT, file.toString()).lines().forEach(line -> {
            String[] parts = line.split("\t", 2);
            lines.put(TensorFiles.json(parts[0]), parts[1]);
        });
        return lines;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            texts       | holds texts (type '<U2')
            bytes       | holds texts (type '|S2')
            objects     | They are a pickle, which could run code
            fields      | named fields
            void        | holds raw bytes (type '|V2')
            dates       | holds dates or times
            long_double | holds numbers of another precision (type '<f16')
            """)
    void arraysWithoutNumbersAreRefused(String name, String reason) {
        assertThatThrownBy(() -> NumpyReader.read(TensorFiles.path(name + ".npy")))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining(name + ".npy")
                .hasMessageContaining(reason);
    }

    @Test
    void otherFilesAreRefusedByKind() {
        assertThatThrownBy(() -> NumpyReader.read(StateDictFiles.path("module.pth")))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("module.pth is a file of torch.save, not an array of NumPy");
    }

    @Test
    void whatNumpyLacksIsRefused() {
        assertUnwritable("x", Torch.ones(2).to(DType.BFLOAT16), "torch.bfloat16, which NumPy does not have");
        assertUnwritable("x", Torch.eye(2).toSparse(), "'x' is sparse");
        assertUnwritable("../x", Torch.ones(2), "named '../x'");
        assertUnwritable("/x", Torch.ones(2), "named '/x'");
        assertThat(folder).isEmptyDirectory();
    }

    private void assertUnwritable(String name, Tensor tensor, String reason) {
        assertThatThrownBy(() -> NumpyWriter.write(Map.of(name, tensor), folder.resolve("x.npz")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
