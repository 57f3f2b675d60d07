package org.torchbridge.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Torch;
import org.torchbridge.testing.ChildJvm;

/** Loading from caches in all states. Where a libtorch is installed on the system, it must never be taken. */
class NativeLibrariesTest {
    private static final String CACHE = "-Dorg.bytedeco.javacpp.cachedir=";

    /** Makes a tensor, or says why not. */
    static final class FirstTensor {
        public static void main(String[] arguments) {
            try {
                System.out.println("sum " + Torch.ones(2, 3).sum().toDouble());
            } catch (UnsatisfiedLinkError e) {
                System.out.println(e.getMessage());
                System.exit(3);
            }
        }
    }

    /** Uses the raw presets beside the library: both must find the same files. */
    static final class PresetsToo {
        public static void main(String[] arguments) {
            System.out.println("sum " + Torch.ones(2, 3).unwrap().sum().item_float());
        }
    }

    /** Ends while another thread loads, or has loaded. */
    static final class EndsEarly {
        public static void main(String[] arguments) throws InterruptedException {
            Thread loading = new Thread(NativeLibraries::load);
            loading.setDaemon(true);
            loading.start();
            Thread.sleep(Integer.getInteger("wait"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 100, 150, 200, 250, 300})
    void theProcessMayEndWhileLibtorchIsLoaded(int milliseconds) {
        assertThat(ChildJvm.run(EndsEarly.class, "-Dwait=" + milliseconds)).isEqualTo(new ChildJvm.Result(0, ""));
    }

    @Test
    void severalJvmsStartAtOnceOnOneColdCacheWhosePathHasSpaces(@TempDir Path folder) {
        String cache = CACHE + folder.resolve("cold cache");
        List<ChildJvm> jvms = Stream.generate(() -> ChildJvm.start(FirstTensor.class, cache))
                .limit(3)
                .toList();
        assertThat(jvms).allSatisfy(jvm -> assertThat(jvm.await()).isEqualTo(new ChildJvm.Result(0, "sum 6.0\n")));

        assertThat(ChildJvm.run(PresetsToo.class, cache)).isEqualTo(new ChildJvm.Result(0, "sum 6.0\n"));
    }

    @Test
    void fullDiskIsSaidAndMendedByTheNextStart(@TempDir Path folder) {
        List<String> limitedFileSize = List.of("sh", "-c", "ulimit -f 20000; exec \"$@\"", "sh");
        String cache = CACHE + folder;
        assertThat(ChildJvm.start(limitedFileSize, FirstTensor.class, cache).await())
                .satisfies(result -> assertThat(result.exitCode()).isEqualTo(3))
                .satisfies(result -> assertThat(result.output())
                        .startsWith("libtorch could not be unpacked into " + folder + " (File too large)")
                        .contains("450 MB free"));

        assertThat(ChildJvm.run(FirstTensor.class, cache)).isEqualTo(new ChildJvm.Result(0, "sum 6.0\n"));
    }

    @Test
    void folderThatCannotBeWrittenIsSaid(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("a-file"));
        ChildJvm.Result result = ChildJvm.run(
                FirstTensor.class, CACHE + file.resolve("x"), "-Duser.home=" + file, "-Djava.io.tmpdir=" + file);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.output())
                .startsWith("libtorch could not be unpacked into " + file)
                .contains("choose a folder that can be written");
    }

    @Test
    void reportSaysWhatWasLoaded() {
        LoadReport report = NativeLibraries.load();
        assertThat(report.libtorch()).isEqualTo("2.10.0");
        assertThat(report.platform()).isEqualTo("linux-x86_64");
        assertThat(report.libraries()).allSatisfy(path -> assertThat(path).isRegularFile());
        assertThat(report.libraries().stream().map(path -> path.getFileName().toString()))
                .contains("libc10.so", "libtorch_cpu.so", "libtorchbridge.so");
    }

    @Test
    void twoThreadPoolsDoNotShareTheCores() {
        NativeLibraries.load();
        assertThat(NativeRuntime.blasThreads()).isEqualTo(1);
        assertThat(NativeRuntime.threads())
                .isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
    }
}
