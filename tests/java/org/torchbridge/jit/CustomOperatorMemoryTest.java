package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.torchbridge.testing.ProcessMemory.growthIn;
import static org.torchbridge.testing.ProcessMemory.printGrowth;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Calls, registrations and compilations leave nothing behind. */
@EnabledOnOs(OS.LINUX)
class CustomOperatorMemoryTest {
    private static final long MEGABYTE = 1 << 20;

    static final class Calls {
        public static void main(String[] arguments) throws IOException {
            CustomOperator op = CustomOperator.register(
                    "memory::scale(Tensor x, float k, str text) -> (Tensor, str)",
                    (context, given) -> {
                        context.saveForBackward(given.tensor("x"));
                        return List.of(given.tensor("x").mul(given.number("k")), given.text("text"));
                    },
                    (context, gradients) ->
                            List.of(gradients.get(0).mul(context.savedTensors().get(0))));
            Tensor plain = Torch.ones(256);
            Tensor leaf = Torch.ones(256).requiresGrad_();

            printGrowth(50_000, 50_000, () -> op.call(plain, 2, "text"));
            printGrowth(10_000, 10_000, () -> op.call(leaf, 2, "text"));
        }
    }

    static final class Registrations {
        public static void main(String[] arguments) throws IOException {
            printGrowth(20_000, 20_000, () -> {
                try (CustomOperator op = CustomOperator.register("memory::none(int x) -> int", given -> 1)) {
                    op.call(1);
                }
            });
        }
    }

    static final class Compilations {
        public static void main(String[] arguments) throws IOException {
            printGrowth(2_000, 2_000, () -> ScriptFunction.compile("def f(x):\n  return x * 2 + 1\n")
                    .call(Torch.ones(2)));
        }
    }

    @Test
    void callsWithAndWithoutGradients() {
        assertThat(growthIn(Calls.class)).hasSize(2).allSatisfy(growth -> assertThat(growth)
                .isLessThan(64 * MEGABYTE));
    }

    @Test
    void registrationsAndFailures() {
        assertThat(growthIn(Registrations.class)).singleElement().satisfies(growth -> assertThat(growth)
                .isLessThan(64 * MEGABYTE));
    }

    @Test
    void compilations() {
        assertThat(growthIn(Compilations.class)).singleElement().satisfies(growth -> assertThat(growth)
                .isLessThan(64 * MEGABYTE));
    }
}
