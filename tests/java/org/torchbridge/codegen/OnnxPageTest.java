package org.torchbridge.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.onnx.importer.Registry;

/** The committed page lists the operators that there are rules for. */
class OnnxPageTest {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Path PAGE = Path.of("docs/onnx-operators.md");

    @Test
    void theCommittedPageIsUpToDate() throws IOException {
        String page = OnnxPage.write(Registry.STANDARD);
        if (Boolean.getBoolean("torchbridge.regenerate")) {
            Generator.write(PROJECT, Map.of(PAGE, page));
        }
        assertThat(Files.readString(PROJECT.resolve(PAGE)))
                .as("docs/onnx-operators.md; if it differs, run this test with -Dtorchbridge.regenerate=true")
                .isEqualTo(page);
    }

    @Test
    void anOperatorHasTheVersionsOfItsRulesAndWhatTheyLeaveOut() {
        Registry registry = new Registry().domain("com.example");
        for (int since : List.of(13, 1)) {
            registry.rule("Twice", since, (node, c) -> node.tensor(0));
        }
        registry.limit("Twice", "odd numbers");
        assertThat(OnnxPage.write(registry))
                .contains("## com.example\n")
                .contains("| `Twice` | 1, 13 | odd numbers |\n");
    }
}
