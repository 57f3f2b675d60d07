package org.torchbridge.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MavenVersionTest {
    @Test
    void aJarOfMavensSaysItsVersion() {
        assertThat(MavenVersion.of("org.assertj", "assertj-core"))
                .hasValueSatisfying(version -> assertThat(version).matches("\\d+\\.\\d+.*"));
    }

    @Test
    void whatIsInNoJarHasNone() {
        assertThat(MavenVersion.of("org.torchbridge", "no-such-jar")).isEmpty();
    }
}
