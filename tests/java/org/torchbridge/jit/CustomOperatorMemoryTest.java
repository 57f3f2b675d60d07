package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Calls, registrations and compilations leave nothing behind. */
@EnabledOnOs(OS.LINUX)
class CustomOperatorMemoryTest {
    private static final long MEGABYTE = 1 << 20;

    /** How much the process grows while {@code action} runs, after as many runs to warm up. */
    private static long growth(int runs, Runnable action) throws IOException {
        repeat(runs, action);
        long before = residentBytes();
        repeat(runs, action);
        return residentBytes() - before;
    }

    private static void repeat(int runs, Runnable action) {
        for (int i = 0; i < runs; i++) {
            try (Scope scope = Scope.open()) {
                action.run();
            }
        }
        System.gc();
    }

    private static long residentBytes() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(each -> each.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }

    @Test
    void callsWithAndWithoutGradients() throws IOException {
        CustomOperator op = CustomOperator.register(
                "memory::scale(Tensor x, float k, str text) -> (Tensor, str)",
                (context, arguments) -> {
                    context.saveForBackward(arguments.tensor("x"));
                    return List.of(arguments.tensor("x").mul(arguments.number("k")), arguments.text("text"));
                },
                (context, gradients) ->
                        List.of(gradients.get(0).mul(context.savedTensors().get(0))));
        Tensor plain = Torch.ones(256);
        Tensor leaf = Torch.ones(256).requiresGrad_();

        assertThat(growth(50_000, () -> op.call(plain, 2, "text"))).isLessThan(64 * MEGABYTE);
        assertThat(growth(10_000, () -> op.call(leaf, 2, "text"))).isLessThan(64 * MEGABYTE);
    }

    @Test
    void registrationsAndFailures() throws IOException {
        assertThat(growth(20_000, () -> {
                    try (CustomOperator op = CustomOperator.register("memory::none(int x) -> int", arguments -> 1)) {
                        op.call(1);
                    }
                }))
                .isLessThan(64 * MEGABYTE);
    }

    @Test
    void compilations() throws IOException {
        assertThat(growth(2_000, () -> ScriptFunction.compile("def f(x):\n  return x * 2 + 1\n")
                        .call(Torch.ones(2))))
                .isLessThan(64 * MEGABYTE);
    }
}
