package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.StateDictException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Linear;
import org.torchbridge.testing.PythonOracle;

/** Values of every kind, read from what tests/python/make_saved_values.py made, and written for Python. */
class SavedFileTest {
    private static final Path FOLDER = Path.of("tests", "resources", "saved_values");

    private static final String PRINT =
            """
            import sys, torch
            sys.path.insert(0, "tests/python")
            from value_text import text
            print(text(torch.load(sys.argv[1], **eval(sys.argv[2]))))
            """;

    static List<String> files() {
        return List.copyOf(expected().keySet());
    }

    private static Map<String, String> expected() {
        Map<String, String> expected = new LinkedHashMap<>();
        for (String table : List.of("expected_1.tsv", "expected_2.tsv")) {
            try {
                for (String line : Files.readAllLines(FOLDER.resolve(table))) {
                    expected.put(line.substring(0, line.indexOf('\t')), line.substring(line.indexOf('\t') + 1));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return expected;
    }

    private static Path file(String name) {
        return FOLDER.resolve(name + ".pth");
    }

    private static String text(SavedFile saved) {
        return ValueText.of(saved.value());
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsWhatPythonWrote(String name) {
        assertSame(text(Torch.load(file(name))), name);
    }

    static List<String> writable() {
        return files().stream().filter(name -> !name.equals("nested")).toList();
    }

    @ParameterizedTest
    @MethodSource("writable")
    void readsWhatItWrote(String name, @TempDir Path folder) {
        assertSame(text(Torch.load(copied(name, folder))), name);
    }

    /** In pieces, so that a difference can be found. */
    private static void assertSame(String text, String name) {
        assertThat(text.split(", str ")).containsExactly(expected().get(name).split(", str "));
    }

    /** The same value, written by Java. */
    private static Path copied(String name, Path folder) {
        Path copy = folder.resolve("copy.pth");
        Torch.save(Torch.load(file(name)).value(), copy);
        return copy;
    }

    /** Those that this Python can read: newer kinds of tensors need PyTorch 2. */
    static List<String> readableInPython() {
        List<String> names = List.of("plain_2", "numpy_2", "tensors", "legacy_tensors", "floats", "storage_views");
        boolean isNew =
                !PythonOracle.run("import torch; print(torch.__version__)").startsWith("1.");
        return isNew
                ? Stream.concat(names.stream(), Stream.of("csr", "newer", "newer_plain"))
                        .toList()
                : names;
    }

    /** PyTorch 1.13 reads them all, but knows no fractions, sets and so on where only data is allowed. */
    @ParameterizedTest
    @MethodSource("readableInPython")
    void pythonReadsWhatJavaWrote(String name, @TempDir Path folder) {
        Path copy = copied(name, folder);
        String options = "dict(weights_only=torch.__version__ >= '2')";
        assertSame(PythonOracle.run(PRINT, copy.toString(), options).strip(), name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"floats", "storage_views"})
    void pythonReadsDataAlone(String name, @TempDir Path folder) {
        Path copy = copied(name, folder);
        assertSame(
                PythonOracle.run(PRINT, copy.toString(), "dict(weights_only=True)")
                        .strip(),
                name);
    }

    @Test
    void nestedTensorIsRefused(@TempDir Path folder) {
        Object value = Torch.load(file("nested")).value();
        assertThatThrownBy(() -> Torch.save(value, folder.resolve("x.pth")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the tensor [0] is of a kind that cannot be written");
    }

    @Test
    void listThatHoldsItselfStaysSo(@TempDir Path folder) {
        List<?> circle = (List<?>) Torch.load(file("circle")).value();
        assertThat(((Map<?, ?>) circle.get(1)).get("again")).isSameAs(circle);
        Torch.save(circle, folder.resolve("circle.pth"));
        List<?> read = (List<?>) Torch.load(folder.resolve("circle.pth")).value();
        assertThat(((Map<?, ?>) read.get(1)).get("again")).isSameAs(read);
    }

    @Test
    void pythonReadsAListThatHoldsItself(@TempDir Path folder) {
        Path file = folder.resolve("circle.pth");
        Torch.save(Torch.load(file("circle")).value(), file);
        String script = "import sys, torch; circle = torch.load(sys.argv[1]); print(circle[1]['again'] is circle)";
        assertThat(PythonOracle.run(script, file.toString())).isEqualTo("True\n");
    }

    @Test
    void sameObjectTwiceIsReadAsOne() {
        Map<?, ?> values = (Map<?, ?>) Torch.load(file("plain_2")).value();
        assertThat(values.get("again")).isSameAs(values.get("shared"));
        Map<?, ?> tensors = (Map<?, ?>) Torch.load(file("tensors")).value();
        assertThat(((List<?>) tensors.get("tied")).get(0)).isSameAs(tensors.get("weight"));
        ((Tensor) tensors.get("base")).zero_();
        assertThat(((Tensor) tensors.get("view")).sum().toDouble()).isZero();
    }

    @Test
    void streamsAndBytesAreAsFiles() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Torch.save(Torch.load(file("tensors")).value(), out);
        byte[] bytes = out.toByteArray();
        assertSame(text(Torch.load(bytes)), "tensors");
        assertSame(text(Torch.load(new ByteArrayInputStream(bytes))), "tensors");
        assertThatThrownBy(() -> Torch.load(new byte[] {1, 2}))
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith("the content is a file of an unknown kind");
    }

    @Test
    void tensorsInsideBelongToTheScopeOfTheCaller() {
        Map<?, ?> outside = (Map<?, ?>) Torch.load(file("tensors")).value();
        Map<?, ?> inside;
        try (Scope scope = Scope.open()) {
            inside = (Map<?, ?>) Torch.load(file("tensors")).value();
        }
        assertThat(((Tensor) ((List<?>) inside.get("tied")).get(0)).isClosed()).isTrue();
        assertThat(((Tensor) ((List<?>) outside.get("tied")).get(0)).isClosed()).isFalse();
    }

    @Test
    void stateDictInACheckpointKeepsItsMetadata() {
        SavedFile saved = Torch.load(file("tensors"));
        assertThat(saved.stateDict("model").metadata().get("1")).isEqualTo(Map.of("version", 2L));
        assertThat(saved.dict("optimizer").keySet()).containsExactly("state", "param_groups");
        assertThatThrownBy(() -> saved.stateDict("optimizer"))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("'optimizer' than a state dict, a dictionary of tensors: 'state' is");
        assertThatThrownBy(() -> saved.stateDict("weights"))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("has no dictionary 'weights': 'base' is a tensor float32 [3, 4]");
        assertThatThrownBy(saved::stateDict)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("holds a checkpoint, not a state dict: 'base' is a tensor float32 [3, 4]");
    }

    @Test
    void saysWhereAValueIsThatCannotBeWritten(@TempDir Path folder) {
        Map<String, Object> value = Map.of("model", List.of(1, Map.of("thread", Thread.currentThread())));
        assertThatThrownBy(() -> Torch.save(value, folder.resolve("x.pth")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("['model'][1]['thread'] is a java.lang.Thread, which cannot be written");
        assertThatThrownBy(() -> Torch.save("half \ud83d", folder.resolve("x.pth")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("half of a surrogate pair");
        assertThatThrownBy(() -> Torch.save(BigInteger.ONE.shiftLeft(3000), folder.resolve("x.pth")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a whole number of 3001 bits cannot be written");
        Object nested = List.of();
        for (int i = 0; i < 1000; i++) {
            nested = List.of(nested);
        }
        Object deep = nested;
        assertThatThrownBy(() -> Torch.save(deep, folder.resolve("x.pth")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nested in each other more than 500 times");
    }

    @Test
    void recordsAreThoseOfPython(@TempDir Path folder) {
        Path file = folder.resolve("copy.pth");
        Torch.save(Torch.load(file("newer_plain")).value(), file);
        ZipArchive written = new ZipArchive(MappedFile.open(file));
        ZipArchive python = new ZipArchive(MappedFile.open(file("newer_plain")));
        assertThat(written.names().stream().map(name -> name.replaceFirst("^copy/", "newer_plain/")))
                .containsExactlyElementsOf(python.names());
        for (String note : List.of("/.format_version", "/.storage_alignment", "/byteorder", "/version")) {
            assertThat(written.content(written.entry("copy" + note)).toByteArray())
                    .isEqualTo(
                            python.content(python.entry("newer_plain" + note)).toByteArray());
        }
    }

    @Test
    void moduleSavesAndLoadsItself(@TempDir Path folder) {
        Path file = folder.resolve("linear.pth");
        Linear first = new Linear(3, 2);
        first.saveStateDict(file);
        Linear second = new Linear(3, 2);
        assertThat(second.loadStateDict(file).isComplete()).isTrue();
        assertThat(Torch.equal(second.weight.tensor(), first.weight.tensor())).isTrue();
        assertThatThrownBy(() -> new Linear(3, 5).loadStateDict(file)).isInstanceOf(StateDictException.class);
        String script = "import sys, torch; m = torch.nn.Linear(3, 2);"
                + " print(m.load_state_dict(torch.load(sys.argv[1], weights_only=True)))";
        assertThat(PythonOracle.run(script, file.toString())).isEqualTo("<All keys matched successfully>\n");
    }

    @Test
    void tarArchiveIsNamed(@TempDir Path folder) throws IOException {
        byte[] tar = new byte[1024];
        System.arraycopy("sys_info".getBytes(StandardCharsets.US_ASCII), 0, tar, 0, 8);
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        Path file = Files.write(folder.resolve("old.pth"), tar);
        assertThatThrownBy(() -> Torch.load(file))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("the tar format of PyTorch 0.1")
                .hasMessageContaining("torch.save(torch.load(file), file)");
    }
}
