package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.testing.PythonOracle;

class StateDictWriterTest {
    /** Compares two files in everything that a user of Python sees; the second is loaded in the restricted way too. */
    private static final String COMPARE =
            """
            import sys, torch

            def storage(t):
                return t.storage().data_ptr()

            def check(a, b):
                assert list(a) == list(b), (list(a), list(b))
                assert getattr(a, "_metadata", None) == getattr(b, "_metadata", None)
                for k in a:
                    x, y = a[k], b[k]
                    assert x.dtype == y.dtype and x.shape == y.shape and x.stride() == y.stride(), k
                    assert x.storage_offset() == y.storage_offset() and x.requires_grad == y.requires_grad, k
                    assert x.storage().nbytes() == y.storage().nbytes(), k
                    assert torch.equal(x.isnan(), y.isnan()) and torch.equal(x[~x.isnan()], y[~y.isnan()]), k
                    assert [j for j in a if a[j] is x] == [j for j in b if b[j] is y], k
                    if x.numel():
                        assert ([j for j in a if storage(a[j]) == storage(x)]
                                == [j for j in b if storage(b[j]) == storage(y)]), k

            first = torch.load(sys.argv[1])
            check(first, torch.load(sys.argv[2]))
            check(first, torch.load(sys.argv[2], weights_only=True))
            print("same")
            """;

    @ParameterizedTest
    @ValueSource(strings = {"module", "protocol4", "dtypes", "views", "parameters", "empty"})
    void pythonReadsWhatItWroteItself(String name, @TempDir Path folder) {
        Path original = StateDictFiles.path(name + ".pth");
        Path copy = folder.resolve("copy.pth");
        Torch.save(Torch.loadStateDict(original), copy);
        assertThat(PythonOracle.run(COMPARE, original.toString(), copy.toString()))
                .isEqualTo("same\n");
    }

    @Test
    void pythonReadsTensorsOfJava(@TempDir Path folder) {
        Path file = folder.resolve("state.pth");
        Tensor base = Torch.arange(12).to(DType.FLOAT64).view(3, 4);
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put("layer.schräg ☃", base.t());
        state.put("part", base.get("1:, ::2"));
        state.put("bool", Torch.tensor(true, false));
        state.put("conjugate", Torch.complex(Torch.tensor(1f), Torch.tensor(2f)).conj());
        state.put("large_number", Torch.tensor(1L << 40, -7L));
        Torch.save(state, file);
        String printed = PythonOracle.run(
                """
                import sys, torch
                state = torch.load(sys.argv[1], weights_only=True)
                for key, t in state.items():
                    print(ascii(key), t.dtype, list(t.shape), t.stride(), t.storage_offset(), t.resolve_conj().tolist())
                state["layer.schr\\u00e4g \\u2603"].zero_()
                print(state["part"].sum().item())
                """,
                file.toString());
        assertThat(printed.lines())
                .containsExactly(
                        "'layer.schr\\xe4g \\u2603' torch.float64 [4, 3] (1, 4) 0 [[0.0, 4.0, 8.0], [1.0, 5.0, 9.0],"
                                + " [2.0, 6.0, 10.0], [3.0, 7.0, 11.0]]",
                        "'part' torch.float64 [2, 2] (4, 2) 4 [[4.0, 6.0], [8.0, 10.0]]",
                        "'bool' torch.bool [2] (1,) 0 [True, False]",
                        "'conjugate' torch.complex64 [] () 0 (1-2j)",
                        "'large_number' torch.int64 [2] (1,) 0 [1099511627776, -7]",
                        "0.0");
    }

    @Test
    void pythonReadsMetadata(@TempDir Path folder) {
        Path file = folder.resolve("state.pth");
        StateDict state = new StateDict();
        state.put("x", Torch.ones(1));
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("version", 70000);
        values.put("ratio", 0.5);
        values.put("on", true);
        values.put("note", "text");
        state.metadata().put("", values);
        state.metadata().put("x", Map.of());
        Torch.save(state, file);
        // Not in the restricted way, in which PyTorch 1.13 knows no fractions.
        String script = "import sys, torch; s = torch.load(sys.argv[1]); print(dict(s._metadata), type(s))";
        assertThat(PythonOracle.run(script, file.toString()))
                .isEqualTo("{'': {'version': 70000, 'ratio': 0.5, 'on': True, 'note': 'text'}, 'x': {}}"
                        + " <class 'collections.OrderedDict'>\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UINT16", "UINT64", "FLOAT8_E4M3FN", "COMPLEX32"})
    void newerTypesComeBack(DType dtype, @TempDir Path folder) {
        Path file = folder.resolve("state.pth");
        Tensor numbers = Torch.tensor(1f, 2f, 3f, 4f).to(dtype);
        Torch.save(Map.of("numbers", numbers), file);
        Tensor read = Torch.loadStateDict(file).get("numbers");
        assertThat(read.dtype()).isEqualTo(dtype);
        assertThat(read.view(DType.UINT8).toIntArray())
                .isEqualTo(numbers.view(DType.UINT8).toIntArray());
    }

    @Test
    void sharedMemoryIsWrittenOnce(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("state.pth");
        Tensor base = Torch.zeros(1000, 100);
        Torch.save(Map.of("a", base, "b", base.t(), "c", base.get(5)), file);
        assertThat(Files.size(file)).isBetween(400_000L, 402_000L);
        StateDict state = Torch.load(file).stateDict();
        state.get("a").fill_(1);
        assertThat(state.get("c").sum().toDouble()).isEqualTo(100);
    }

    @Test
    void storagesAreAligned(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("state.pth");
        Torch.save(Map.of("a", Torch.tensor(1.5f), "b", Torch.tensor(2.5f), "c", Torch.tensor(3.5f)), file);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : new float[] {1.5f, 2.5f, 3.5f}) {
            assertThat(Stream.iterate(0, at -> at + 4 <= bytes.limit(), at -> at + 64))
                    .anyMatch(at -> bytes.getFloat(at) == value);
        }
    }

    @Test
    void sameStateGivesSameFile(@TempDir Path folder) throws IOException {
        StateDict state = Torch.load(StateDictFiles.path("module.pth")).stateDict();
        Torch.save(state, folder.resolve("a.pth"));
        byte[] first = Files.readAllBytes(folder.resolve("a.pth"));
        Torch.save(state, folder.resolve("a.pth"));
        assertThat(Files.readAllBytes(folder.resolve("a.pth"))).isEqualTo(first);
    }

    @Test
    void failureLeavesTheOldFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("state.pth");
        Torch.save(Map.of("x", Torch.ones(2)), file);
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    channel.write(ByteBuffer.allocate(10));
                    throw new IOException("no space left on device");
                }))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("state.pth cannot be written")
                .hasMessageContaining("no space left");
        assertThatThrownBy(() -> Torch.save(Map.of("x", new Object()), file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("['x'] is a java.lang.Object");
        assertThat(Torch.loadStateDict(file).get("x").sum().toDouble()).isEqualTo(2);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void missingFolderIsSaid(@TempDir Path folder) {
        assertThatThrownBy(() -> Torch.save(Map.of(), folder.resolve("missing").resolve("state.pth")))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void linkStaysALink(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("state.pth");
        Path link = folder.resolve("latest.pth");
        Torch.save(Map.of("x", Torch.ones(2)), file);
        Files.createSymbolicLink(link, file);
        Torch.save(Map.of("x", Torch.zeros(2)), link);
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Torch.loadStateDict(file).get("x").sum().toDouble()).isZero();
    }

    @Test
    void nothingIsLeftInTheScope(@TempDir Path folder) {
        try (Scope scope = Scope.open()) {
            Tensor x = Torch.ones(2);
            Torch.save(Map.of("x", x), folder.resolve("x.pth"));
            assertThat(scope.size()).isEqualTo(1);
        }
    }
}
