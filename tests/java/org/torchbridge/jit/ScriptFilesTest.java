package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.FileFormatException;
import org.torchbridge.testing.StoredArchive;

/** Archives that are damaged or mean harm. */
class ScriptFilesTest {
    private static final Path ARCHIVE = Path.of("tests/resources/torchscript/net.pt");

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
        files.replaceAll((name, content) -> name.endsWith(".py") ? code.getBytes(StandardCharsets.UTF_8) : content);
        return StoredArchive.of(files);
    }
}
