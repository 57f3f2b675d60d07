package org.torchbridge.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.torchbridge.graph.Graph;
import org.torchbridge.jit.ScriptModule;

/** TorchScript archives. Their programs are not run: a changed one may do anything, for any time. */
class ScriptFuzzTest extends FuzzedFiles {
    ScriptFuzzTest() {
        super(400);
    }

    @Override
    void addGoodFiles(FileMutations mutations, Path folder) throws IOException {
        for (String name : List.of("net.pt", "net.ptl", "traced.pt", "twins.pt", "values.pt")) {
            mutations.add(name, Files.readAllBytes(Path.of("tests", "resources", "torchscript", name)));
        }
    }

    @Override
    void use(Path file, Runnable afterReading) {
        try (ScriptModule module = ScriptModule.load(file)) {
            afterReading.run();
            module.stateDict().values().forEach(FuzzedFiles::use);
            module.toString();
            for (String method : module.methods().keySet()) {
                Graph graph = module.toGraph(method);
                graph.toString();
            }
        }
    }
}
