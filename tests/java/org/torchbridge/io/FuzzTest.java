package org.torchbridge.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Files of values, of all kinds. */
class FuzzTest extends FuzzedFiles {
    FuzzTest() {
        super(3000);
    }

    /** All fixtures; those of checkpoints in several files lie beside their index. */
    @Override
    void addGoodFiles(FileMutations mutations, Path folder) throws IOException {
        for (String each : List.of("state_dicts", "tensor_files", "saved_values")) {
            try (Stream<Path> files = Files.list(Path.of("tests", "resources", each))) {
                for (Path file : files.sorted().toList()) {
                    if (!file.toString().endsWith(".tsv")) {
                        mutations.add(file.getFileName().toString(), Files.readAllBytes(file));
                    }
                    if (file.toString().contains("-of-0000")) {
                        Files.copy(file, folder.resolve(file.getFileName()));
                    }
                }
            }
        }
    }

    @Override
    void use(Path file, Runnable afterReading) {
        SavedFile saved = Torch.load(file);
        afterReading.run();
        Values.forEach(saved.value(), value -> {
            if (value instanceof Tensor tensor) {
                use(tensor);
            }
        });
    }
}
