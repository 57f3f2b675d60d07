package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.FileFormatException;

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
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipFile in = new ZipFile(ARCHIVE.toFile());
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (ZipEntry entry : Collections.list(in.entries())) {
                byte[] content = entry.getName().endsWith(".py")
                        ? code.getBytes(StandardCharsets.UTF_8)
                        : in.getInputStream(entry).readAllBytes();
                out.putNextEntry(stored(entry.getName(), content));
                out.write(content);
            }
        }
        return bytes.toByteArray();
    }

    private static ZipEntry stored(String name, byte[] content) {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        return entry;
    }
}
