package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class WarningsTest {
    private static final PrintStream ERR = System.err;

    @Test
    void aFunctionWarnsOnce() {
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged));
        try {
            Warnings.warn("WarningsTest", "the first text");
            Warnings.warn("WarningsTest", "the second text");
        } finally {
            System.setErr(ERR);
        }
        assertThat(logged.toString())
                .contains("org.torchbridge.nn", "the first text")
                .doesNotContain("second");
    }
}
