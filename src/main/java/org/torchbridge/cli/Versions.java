package org.torchbridge.cli;

import org.torchbridge.internal.MavenVersion;
import picocli.CommandLine.IVersionProvider;

/** The versions of what runs. */
final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"Torchbridge " + torchbridge()};
    }

    static String torchbridge() {
        return MavenVersion.torchbridge().orElse("of a development build");
    }

    static String presets() {
        return MavenVersion.of("org.bytedeco", "pytorch").orElse("unknown");
    }
}
