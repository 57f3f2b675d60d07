package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.torchbridge.testing.ProcessMemory.growthIn;
import static org.torchbridge.testing.ProcessMemory.printGrowth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.torchbridge.Torch;

/** Loaded programs go away with their modules; {@code -Dtorchbridge.loads} tries more. */
@EnabledOnOs(OS.LINUX)
class ScriptModuleMemoryTest {
    private static final String LOADS = "torchbridge.loads";
    private static final long MEGABYTE = 1 << 20;

    static final class Loads {
        public static void main(String[] arguments) throws IOException {
            int loads = Integer.getInteger(LOADS);
            byte[] archive = Files.readAllBytes(Path.of("tests/resources/torchscript/net.pt"));
            printGrowth(loads / 4, loads, () -> {
                try (ScriptModule module = ScriptModule.load(archive)) {
                    module.call(Torch.ones(2, 1, 4, 4));
                }
            });
        }
    }

    @Test
    void loadsCallsAndClosesLeaveNothingBehind() {
        String loads = "-D" + LOADS + "=" + Integer.getInteger(LOADS, 500);

        assertThat(growthIn(Loads.class, loads)).singleElement().satisfies(growth -> assertThat(growth)
                .isLessThan(64 * MEGABYTE));
    }
}
