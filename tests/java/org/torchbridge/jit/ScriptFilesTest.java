package org.torchbridge.jit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.torchbridge.jit.Programs.tensor;
import static org.torchbridge.jit.ScriptModuleTest.assertClose;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.TorchException;
import org.torchbridge.testing.StoredArchive;

/** Where programs are loaded from, and what is beside them; archives that are damaged or mean harm. */
class ScriptFilesTest {
    private static final Path ARCHIVE = Programs.path("net.pt");
    private static final Map<String, String> EXTRA_FILES =
            Map.of("labels.txt", "cat\ndog\nowl\n", "bytes", "\0\1\u00ff");

    @TempDir
    private Path folder;

    // ---- loading

    interface Load {
        ScriptModule of(@Nullable Device device, Map<String, byte[]> extraFiles);
    }

    static Stream<Arguments> sources() {
        byte[] bytes = Programs.bytes("net.pt");
        ByteBuffer heap = ByteBuffer.allocate(bytes.length + 20)
                .position(7)
                .put(bytes)
                .flip()
                .position(7);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        return Stream.of(
                arguments("path", (Load) (device, extra) -> ScriptModule.load(ARCHIVE, device, extra)),
                arguments("stream", (Load) (device, extra) -> {
                    InputStream in = new ByteArrayInputStream(bytes);
                    ScriptModule module = ScriptModule.load(in, device, extra);
                    assertThat(in).isEmpty();
                    return module;
                }),
                arguments("bytes", (Load) (device, extra) -> ScriptModule.load(bytes, device, extra)),
                arguments("heap", (Load) (device, extra) -> ScriptModule.load(heap, device, extra)),
                arguments("read-only", (Load)
                        (device, extra) -> ScriptModule.load(heap.asReadOnlyBuffer(), device, extra)),
                arguments("direct", (Load) (device, extra) -> ScriptModule.load(direct, device, extra)));
    }

    /** Twice: what is loaded from is there afterwards. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("sources")
    void fromEverywhereTheProgramAndItsExtraFilesAreTheSame(String source, Load load) {
        for (int i = 0; i < 2; i++) {
            Map<String, byte[]> extraFiles = new HashMap<>();
            ScriptModule module = load.of(null, extraFiles);

            assertClose(module.train(false).call(tensor("x")), tensor("y"));
            assertThat(texts(extraFiles)).isEqualTo(EXTRA_FILES);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sources")
    void allTensorsAreOnTheDeviceThatIsAskedFor(String source, Load load) {
        assertThat(load.of(Device.META, new HashMap<>()).stateDict().values())
                .isNotEmpty()
                .allMatch(tensor -> tensor.device().equals(Device.META));
        assertThat(load.of(Device.CPU, new HashMap<>()).stateDict().values())
                .allMatch(tensor -> tensor.device().isCpu());
    }

    @Test
    void shorterFormsLoadTheSame() throws IOException {
        byte[] bytes = Files.readAllBytes(ARCHIVE);
        for (ScriptModule module : List.of(
                ScriptModule.load(ARCHIVE),
                ScriptModule.load(ARCHIVE, Device.CPU),
                ScriptModule.load(new ByteArrayInputStream(bytes)),
                ScriptModule.load(bytes),
                ScriptModule.load(ByteBuffer.wrap(bytes)))) {
            assertClose(module.train(false).call(tensor("x")), tensor("y"));
        }
    }

    @Test
    void filesForTheLiteInterpreterAreLoaded() {
        ScriptModule lite = Programs.load("net.ptl");

        assertClose(lite.train(false).call(tensor("x")), tensor("y"));
        assertThat(lite.stateDict().keySet())
                .containsExactlyElementsOf(Programs.load("net.pt").stateDict().keySet());
    }

    @Test
    void extraFilesAreWritten() {
        ScriptModule module = Programs.load("net.pt");
        Map<String, byte[]> given = Map.of("notes/a.py", "((((".getBytes(UTF_8), "empty", new byte[0]);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        module.save(folder.resolve("extra.pt"), given);
        module.save(stream, given);

        Map<String, byte[]> fromFile = new HashMap<>();
        ScriptModule.load(folder.resolve("extra.pt"), null, fromFile);
        Map<String, byte[]> fromStream = new HashMap<>();
        ScriptModule.load(stream.toByteArray(), null, fromStream);

        assertThat(texts(fromFile)).isEqualTo(Map.of("notes/a.py", "((((", "empty", ""));
        assertThat(texts(fromStream)).isEqualTo(texts(fromFile));
    }

    @Test
    void aFileThatCannotBeWrittenAnewIsStillThere() throws IOException {
        ScriptModule module = Programs.load("net.pt");
        Path file = folder.resolve("kept.pt");
        module.save(file);
        module.close();

        assertThatThrownBy(() -> module.save(file)).isInstanceOf(IllegalStateException.class);

        assertClose(ScriptModule.load(file).train(false).call(tensor("x")), tensor("y"));
        assertThat(folder.toFile().list()).containsExactly("kept.pt");
    }

    private static Map<String, String> texts(Map<String, byte[]> files) {
        Map<String, String> texts = new HashMap<>();
        files.forEach((name, content) -> texts.put(name, new String(content, ISO_8859_1)));
        return texts;
    }

    // ---- what is no program

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path missing = folder.resolve("missing.pt");
        assertThatThrownBy(() -> ScriptModule.load(missing))
                .isInstanceOf(TorchException.class)
                .hasMessage("there is no file " + missing);
    }

    @Test
    void aStreamThatFailsSaysSo() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the line is dead");
            }
        };
        assertThatThrownBy(() -> ScriptModule.load(broken))
                .isInstanceOf(TorchException.class)
                .hasMessage("the stream cannot be read: the line is dead");
    }

    @ParameterizedTest
    @CsvSource({
        "tests/resources/state_dicts/module.pth, a file of torch.save, 'module.loadStateDict(Torch.load(file)'",
        "tests/python/make_torchscript.py, a file of an unknown kind, not a TorchScript archive"
    })
    void filesOfAnotherKindAreRefusedWithAdvice(Path file, String kind, String advice) {
        assertThatThrownBy(() -> ScriptModule.load(file))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining(file + " is " + kind)
                .hasMessageContaining(advice);
    }

    @ParameterizedTest
    @CsvSource({"torch.no_such_operator(x), aten::no_such_operator", "ops.mylib.missing(x), mylib::missing"})
    void anOperatorThatDoesNotExistIsNamed(String call, String operator) throws IOException {
        byte[] archive = withCode("class Net(Module):\n  __parameters__ = []\n  __buffers__ = []\n"
                + "  def forward(self: __torch__.Net, x: Tensor) -> Tensor:\n    return " + call + "\n");

        assertThatThrownBy(() -> ScriptModule.load(archive))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("Unknown builtin op: " + operator);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "{"})
    void bracketsWithinEachOtherAreRefusedBeforeLibtorchRunsOutOfStack(String bracket) throws IOException {
        byte[] archive = withCode("x = " + bracket.repeat(100_000));

        assertThatThrownBy(() -> ScriptModule.load(archive))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("brackets or blocks within each other");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 100_000})
    void blocksWithinEachOtherAreRefused(int depth) throws IOException {
        byte[] archive = withCode("def f(x):\n" + " ".repeat(2 * depth) + "pass\n");

        assertThatThrownBy(() -> ScriptModule.load(archive))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("brackets or blocks within each other");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.01, 0.3, 0.7, 0.99})
    void archivesThatEndTooEarlyAreRefused(double part) throws IOException {
        byte[] whole = Files.readAllBytes(ARCHIVE);
        byte[] cut = Arrays.copyOf(whole, (int) (whole.length * part));

        assertThatThrownBy(() -> ScriptModule.load(cut)).isInstanceOf(FileFormatException.class);
    }

    /** A good archive with other code. */
    private static byte[] withCode(String code) throws IOException {
        Map<String, byte[]> files = StoredArchive.files(ARCHIVE);
        files.replaceAll((name, content) -> name.endsWith(".py") ? code.getBytes(UTF_8) : content);
        return StoredArchive.of(files);
    }
}
