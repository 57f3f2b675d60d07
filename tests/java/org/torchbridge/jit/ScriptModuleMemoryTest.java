package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.torchbridge.Scope;
import org.torchbridge.Torch;

/** Loaded programs go away with their modules but for some kilobytes each; {@code -Dtorchbridge.loads} tries more. */
@EnabledOnOs(OS.LINUX)
class ScriptModuleMemoryTest {
    private static final int LOADS = Integer.getInteger("torchbridge.loads", 500);
    private static final long MEGABYTE = 1 << 20;

    @Test
    void loadsCallsAndClosesGrowLittle() throws IOException {
        byte[] archive = Files.readAllBytes(Path.of("tests/resources/torchscript/net.pt"));
        repeat(archive, LOADS / 4);
        long before = residentBytes();
        repeat(archive, LOADS);

        assertThat(residentBytes() - before).isLessThan(64 * MEGABYTE);
    }

    private static void repeat(byte[] archive, int runs) {
        for (int i = 0; i < runs; i++) {
            try (Scope scope = Scope.open();
                    ScriptModule module = ScriptModule.load(archive)) {
                module.call(Torch.ones(2, 1, 4, 4));
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
}
