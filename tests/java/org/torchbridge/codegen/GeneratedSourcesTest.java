package org.torchbridge.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.internal.NativeLibraries;

/** The committed operator methods are those that the generator makes from the libtorch that is loaded. */
class GeneratedSourcesTest {
    private static final Path PROJECT = Path.of("").toAbsolutePath();

    @Test
    void committedFilesAreUpToDate() throws IOException {
        Map<Path, String> generated = Generator.generate(libtorch());
        if (Boolean.getBoolean("torchbridge.regenerate")) {
            Generator.write(PROJECT, generated);
        }
        for (Map.Entry<Path, String> file : generated.entrySet()) {
            Path committed = PROJECT.resolve(file.getKey());
            assertThat(committed).exists();
            // Compared as a truth value: a difference of two files of this size would fill the screen.
            assertThat(Files.readString(committed).equals(file.getValue()))
                    .as(
                            "%s is what the generator writes; if not, run this test with -Dtorchbridge.regenerate=true",
                            file.getKey())
                    .isTrue();
        }
    }

    private static Path libtorch() {
        return NativeLibraries.load().libraries().stream()
                .filter(library -> library.getFileName().toString().startsWith("libtorch_cpu"))
                .findFirst()
                .orElseThrow();
    }
}
