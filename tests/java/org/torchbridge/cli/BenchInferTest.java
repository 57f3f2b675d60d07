package org.torchbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;

/** What {@code bench infer} measures of TorchScript and ONNX, and what it has to be told. */
class BenchInferTest {
    private static final Path PROGRAM = Path.of("tests", "resources", "torchscript_cases", "traced.pt");
    private static final Path ONNX = Path.of("tests", "resources", "state_dicts", "model.onnx");

    @Test
    void everyWayOfCallingHasALine() {
        int threads = Torch.getNumThreads();
        CommandLineRun run = CommandLineRun.of(
                "bench",
                "infer",
                PROGRAM,
                "--input",
                "1x3x6x6",
                "--batch",
                "1,4",
                "--callers",
                "1,2",
                "--seconds",
                "0.1");
        assertThat(run.err()).isEmpty();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(9);
        assertThat(lines.get(0)).contains("batch  threads  callers", "p50 ms", "p90 ms", "p99 ms", "samples/s");
        assertThat(lines.get(1)).matches("as loaded +1 +1 +1 +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+");
        assertThat(lines.get(8)).matches("for inference +4 +1 +2 +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+");
        assertThat(Torch.getNumThreads()).isEqualTo(threads);
    }

    @Test
    void onnxModelsDeclareTheirInputs() {
        CommandLineRun run = CommandLineRun.of("bench", "infer", ONNX, "--seconds", "0.1");
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).hasSize(3);
    }

    @Test
    void inputsThatNobodySaysAreAskedFor() {
        CommandLineRun run = CommandLineRun.of("bench", "infer", PROGRAM);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.saysOneSentence()).isTrue();
        assertThat(run.err()).contains("does not say what its inputs are", "--input 1x3x224x224");
        CommandLineRun wrong = CommandLineRun.of("bench", "infer", PROGRAM, "--input", "1x3xax6");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("'1x3xax6' is no input such as 1x3x224x224");
        CommandLineRun failing = CommandLineRun.of("bench", "infer", PROGRAM, "--input", "1x2x6x6", "--seconds", "0.1");
        assertThat(failing.code()).isEqualTo(1);
        assertThat(failing.saysOneSentence()).isTrue();
    }
}
