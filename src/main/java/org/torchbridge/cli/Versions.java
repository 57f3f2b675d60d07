package org.torchbridge.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of what runs, as Maven recorded them in the jars. */
final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"Torchbridge " + torchbridge()};
    }

    static String torchbridge() {
        return of("org.torchbridge", "torchbridge", "of a development build");
    }

    static String presets() {
        return of("org.bytedeco", "pytorch", "unknown");
    }

    private static String of(String group, String artifact, String otherwise) {
        String resource = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (InputStream in = Versions.class.getResourceAsStream(resource)) {
            if (in == null) {
                return otherwise;
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", otherwise);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
