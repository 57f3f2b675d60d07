package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.testing.ChildJvm;

/** A process that is killed while it saves leaves a whole file under the name: the old one or the new one. */
class KilledSaveTest {
    private static final int KILLS = 12;
    private static final int TENSORS = 8;
    private static final int ELEMENTS = 1 << 19;
    private static final long LONGEST_MILLISECONDS = 120;

    @TempDir
    Path folder;

    /** Saves states again and again, in each of which all elements are the same number, one larger than before. */
    static final class Saver {
        private Saver() {}

        public static void main(String[] arguments) {
            Path file = Path.of(System.getProperty("file"));
            for (int number = 1; ; number++) {
                try (Scope scope = Scope.open()) {
                    save(number, file);
                }
                System.out.println(number);
            }
        }
    }

    private static void save(int number, Path file) {
        StateDict state = new StateDict();
        for (int i = 0; i < TENSORS; i++) {
            state.put("tensor" + i, Torch.full(new long[] {ELEMENTS}, (double) number));
        }
        String name = file.toString();
        if (name.endsWith(".pth")) {
            Torch.save(state, file);
        } else if (name.endsWith(".safetensors")) {
            SafetensorsWriter.write(state, file);
        } else {
            NumpyWriter.write(state, file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"state.pth", "state.safetensors", "state.npz"})
    void leavesTheOldFileOrTheNewOne(String name) throws Exception {
        Path file = folder.resolve(name);
        save(0, file);
        Random random = new Random(23);
        int killedInTheMiddle = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            ChildJvm saver = ChildJvm.start(Saver.class, "-Dfile=" + file);
            int saved = saver.readNumber();
            TimeUnit.MILLISECONDS.sleep(random.nextLong(LONGEST_MILLISECONDS));
            saver.kill();
            int number = wholeState(file);
            assertThat(number)
                    .as("the state that was saved last, or a later one")
                    .isGreaterThanOrEqualTo(saved);
            killedInTheMiddle += removeTemporaries(name);
        }
        assertThat(killedInTheMiddle).as("processes killed while they wrote").isPositive();
    }

    /** The number that all elements of the file are. */
    private static int wholeState(Path file) {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> state = Torch.load(file).stateDict();
            assertThat(state).hasSize(TENSORS);
            double number = state.get("tensor0").get(0).toDouble();
            state.forEach((key, tensor) -> {
                assertThat(tensor.numel()).as(key).isEqualTo(ELEMENTS);
                assertThat(tensor.eq(number).all().toBoolean()).as(key).isTrue();
            });
            return (int) number;
        }
    }

    /** What was left behind says by its name that it is temporary, and of what. */
    private int removeTemporaries(String name) throws IOException {
        List<Path> others;
        try (Stream<Path> files = Files.list(folder)) {
            others = files.filter(file -> !file.endsWith(name)).toList();
        }
        for (Path other : others) {
            assertThat(other.getFileName().toString()).matches("\\." + name.replace(".", "\\.") + "\\.[0-9a-f]+\\.tmp");
            Files.delete(other);
        }
        return others.isEmpty() ? 0 : 1;
    }
}
