package org.torchbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes, help and errors of the command line, and the commands that only look. */
class MainTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "finetune", "inspect", "convert", "verify", "doctor", "bench"})
    void everyCommandHasHelp(String command) {
        CommandLineRun run = command.isEmpty() ? CommandLineRun.of("--help") : CommandLineRun.of(command, "--help");
        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith("Usage: torchbridge");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void wrongUseIsOneSentenceAndCode2() {
        assertUsage(CommandLineRun.of(), "Missing required subcommand");
        assertUsage(CommandLineRun.of("nonsense"), "nonsense");
        assertUsage(CommandLineRun.of("inspect"), "FILE");
        assertUsage(CommandLineRun.of("convert", "x.pth"), "OUT");
    }

    private static void assertUsage(CommandLineRun run, String words) {
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains(words).contains("--help");
        assertThat(run.saysOneSentence()).isTrue();
    }

    @Test
    void traceIsPrintedOnlyWhenAsked() {
        Path missing = folder.resolve("missing.pth");
        CommandLineRun plain = CommandLineRun.of("inspect", missing);
        assertThat(plain.code()).isEqualTo(1);
        assertThat(plain.saysOneSentence()).isTrue();
        assertThat(plain.err()).contains(missing.toString());
        assertThat(CommandLineRun.of("inspect", missing, "--stacktrace").err()).contains("\tat ");
    }

    @Test
    void doctorSaysWhatWasLoadedAndWhyCudaIsNotThere() {
        CommandLineRun run = CommandLineRun.of("doctor");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("2.10.0", "2.10.0-1.5.13", System.getProperty("java.version"))
                .contains("libtorch_cpu", "libtorchbridge", "CPU capability", "BLAS threads", "allocator");
        assertThat(run.out().lines()).anyMatch(line -> line.matches("CUDA +(not )?available.+"));
    }
}
