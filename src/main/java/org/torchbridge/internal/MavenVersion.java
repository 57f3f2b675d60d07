package org.torchbridge.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/** The versions that Maven has recorded in jars. */
public final class MavenVersion {
    private MavenVersion() {}

    /** This library's; empty where it does not come from a jar. */
    public static Optional<String> torchbridge() {
        return of("org.torchbridge", "torchbridge");
    }

    /** The version of a jar on the class path that Maven has built. */
    public static Optional<String> of(String group, String artifact) {
        String resource = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (InputStream in = MavenVersion.class.getResourceAsStream(resource)) {
            if (in == null) {
                return Optional.empty();
            }
            Properties properties = new Properties();
            properties.load(in);
            return Optional.ofNullable(properties.getProperty("version"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
