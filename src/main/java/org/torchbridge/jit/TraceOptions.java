package org.torchbridge.jit;

import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * How {@link ScriptModule#trace} checks what it made.
 *
 * @param check whether the traced module is run and compared with the Java module
 * @param tolerance by how much the results may differ, relative to the values and absolutely
 * @param warnings gets each warning; the default logs it
 */
public record TraceOptions(boolean check, double tolerance, Consumer<String> warnings) {
    public TraceOptions {
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException("tolerance is " + tolerance + "; 0 or more is expected");
        }
    }

    /** Checks with a tolerance of 1e-5, and logs warnings. */
    public static TraceOptions options() {
        return new TraceOptions(true, 1e-5, LoggerFactory.getLogger(TraceOptions.class.getPackageName())::warn);
    }

    public TraceOptions check(boolean check) {
        return new TraceOptions(check, tolerance, warnings);
    }

    public TraceOptions tolerance(double tolerance) {
        return new TraceOptions(check, tolerance, warnings);
    }

    public TraceOptions warnings(Consumer<String> warnings) {
        return new TraceOptions(check, tolerance, warnings);
    }
}
