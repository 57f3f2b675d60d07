package org.torchbridge.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.testing.Resources;

/** The committed page says what the code has. */
class CoveragePageTest {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Path PAGE = Path.of("docs/coverage.md");

    /** The modules of which almost everything has to be there. */
    private static final List<String> PROMISED = List.of(
            "torch.nn",
            "torch.nn.functional",
            "torch.nn.init",
            "torch.optim",
            "torch.optim.lr_scheduler",
            "torch.autograd");

    @Test
    void theCommittedPageIsUpToDate() throws IOException {
        String page = page().write();
        if (Boolean.getBoolean("torchbridge.regenerate")) {
            Generator.write(PROJECT, Map.of(PAGE, page));
        }
        assertThat(Files.readString(PROJECT.resolve(PAGE)))
                .as("docs/coverage.md; if it differs, run this test with -Dtorchbridge.regenerate=true")
                .isEqualTo(page);
    }

    @Test
    void almostAllNamesAreThere() {
        CoveragePage page = page();
        assertThat(page.modules()).containsAll(PROMISED);
        for (String module : PROMISED) {
            assertThat(page.share(module)).as(module).isGreaterThanOrEqualTo(0.95);
        }
    }

    @Test
    void aNameIsFoundOrExplained() {
        List<String> linear = List.of("torch.nn Linear class");
        assertThat(CoveragePage.of(linear, List.of(), List.of()).write()).contains("| `Linear` | `Linear` |");
        List<String> unknown = List.of("torch.nn NoSuchLayer class");
        assertThatThrownBy(() -> CoveragePage.of(unknown, List.of(), List.of()))
                .hasMessageContaining("NoSuchLayer has 0 answers");
        assertThat(CoveragePage.of(unknown, List.of(), List.of("torch.nn NoSuchLayer not wanted"))
                        .write())
                .contains("| `NoSuchLayer` | – not wanted |");
        assertThatThrownBy(() -> CoveragePage.of(linear, List.of(), List.of("torch.nn Linear not wanted")))
                .hasMessageContaining("Linear has 2 answers");
        assertThatThrownBy(() -> CoveragePage.of(unknown, List.of("torch.nn NoSuchLayer nn.Nowhere"), List.of()))
                .hasMessageContaining("nn.Nowhere, which does not exist");
        assertThatThrownBy(() -> CoveragePage.of(linear, List.of(), List.of("torch.nn Old gone")))
                .hasMessageContaining("Old is in missing.txt and no public name");
    }

    private static CoveragePage page() {
        return CoveragePage.of(lines("names"), lines("elsewhere"), lines("missing"));
    }

    private static List<String> lines(String file) {
        return Resources.text("/coverage/" + file + ".txt")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }
}
