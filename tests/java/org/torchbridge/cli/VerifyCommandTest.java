package org.torchbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code verify} says of cases that are right, and of those that are wrong: {@code tests/python/make_verify_cases.py}. */
class VerifyCommandTest {
    private static final Path CASES = Path.of("tests", "resources", "verify_cases");
    private static final Path RIGHT = CASES.resolve("right");
    private static final Path WRONG = CASES.resolve("wrong");

    @TempDir
    private Path folder;

    @Test
    void everyCaseOfAFolderHasALine() {
        CommandLineRun run = CommandLineRun.of("verify", RIGHT);
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines())
                .containsExactly(
                        "ok " + RIGHT.resolve("list") + ": largest difference 0.0",
                        "ok " + RIGHT.resolve("nan") + ": largest difference 0.0",
                        "ok " + RIGHT.resolve("onnx") + ": largest difference 0.0",
                        "ok " + RIGHT.resolve("script") + ": largest difference 0.0",
                        "4 passed, 0 failed");
        assertThat(run.code()).isZero();
    }

    @Test
    void casesAndFoldersOfCasesAreGivenTogether() {
        CommandLineRun run = CommandLineRun.of("verify", "--quiet", RIGHT.resolve("onnx"), WRONG, RIGHT);
        assertThat(run.out().lines().toList()).hasSize(10).endsWith("5 passed, 9 failed");
        assertThat(run.out().lines().limit(9)).allMatch(line -> line.startsWith("FAILED " + WRONG));
        assertThat(run.code()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            close      | output 0: 1 of 4 elements differ, most of all: 0.5 at [1, 0] instead of 0.51
            value      | output 0: 1 of 4 elements differ, most of all: 0 at [0, 1] instead of NaN
            type       | output 0: float32 (2 x 2) instead of float64 (2 x 2)
            shape      | output 0: float32 (2 x 2) instead of float32 (1 x 2)
            more       | 1 output instead of 2
            unrecorded | has no output_0.pb
            unknown    | unsupported: Nonsense
            damaged    | is not an ONNX model, or damaged
            script     | exponent
            """)
    void reasonIsSaid(String name, String words) {
        Path one = WRONG.resolve(name);
        CommandLineRun run = CommandLineRun.of("verify", one);
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(2).endsWith("0 passed, 1 failed");
        assertThat(lines.get(0)).startsWith("FAILED " + one + ": ").contains(words);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void tolerancesAreOptions() {
        Path close = WRONG.resolve("close");
        assertThat(CommandLineRun.of("verify", close, "--atol", "0.011").code()).isZero();
        assertThat(CommandLineRun.of("verify", close, "--rtol", "0.03").code()).isZero();
        assertThat(CommandLineRun.of("verify", close, "--rtol", "0.01").code()).isEqualTo(1);
    }

    @Test
    void modelsAreElsewhereOrHaveAnotherName() {
        Path elsewhere = CASES.resolve("elsewhere");
        assertThat(CommandLineRun.of("verify", elsewhere, "--models", CASES).out())
                .endsWith("1 passed, 0 failed" + System.lineSeparator());
        CommandLineRun named = CommandLineRun.of("verify", RIGHT, "--model", "model.pt");
        assertThat(named.out().lines().toList())
                .contains("without model.pt: " + RIGHT.resolve("nan") + ", " + RIGHT.resolve("onnx"))
                .endsWith("2 passed, 0 failed");
        assertThat(named.code()).isZero();
    }

    @Test
    void nothingToVerifyIsAFailure() {
        CommandLineRun missing = CommandLineRun.of("verify", folder.resolve("missing"));
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).contains("there is no folder " + folder.resolve("missing"));
        CommandLineRun empty = CommandLineRun.of("verify", folder);
        assertThat(empty.code()).isEqualTo(1);
        assertThat(empty.err()).contains(folder + " is no case and holds none");
        assertThat(empty.saysOneSentence()).isTrue();
        assertThat(CommandLineRun.of("verify", RIGHT, "--model", "other.pt").code())
                .isEqualTo(1);
        assertThat(CommandLineRun.of("verify").code()).isEqualTo(2);
        assertThat(CommandLineRun.of("verify", RIGHT, "--rtol", "little").code())
                .isEqualTo(2);
    }
}
