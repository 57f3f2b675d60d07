package org.torchbridge.jit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The programs that tests/python/make_torchscript.py made, and what it says of them. */
final class Programs {
    private static final Path FOLDER = Path.of("tests/resources/torchscript");

    private Programs() {}

    static Path path(String name) {
        return FOLDER.resolve(name);
    }

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ScriptModule load(String name) {
        return ScriptModule.load(path(name));
    }

    static Object expected(String key) {
        return ((Map<?, ?>) Torch.load(path("expected.pth")).value()).get(key);
    }

    static Tensor tensor(String key) {
        return (Tensor) expected(key);
    }

    static double[] numbers(String key) {
        return ((List<?>) expected(key))
                .stream().mapToDouble(number -> ((Number) number).doubleValue()).toArray();
    }
}
