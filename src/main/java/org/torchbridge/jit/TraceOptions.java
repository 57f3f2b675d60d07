package org.torchbridge.jit;

import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * How {@link ScriptModule#trace} works.
 *
 * @param check whether the traced module is run and compared with the Java module
 * @param tolerance by how much the results may differ, relative to the values and absolutely
 * @param portable whether operators that PyTorch 1.13 does not have, such as {@code scaled_dot_product_attention}, become
 *     several that it has
 * @param warnings gets each warning; the default logs it
 */
public record TraceOptions(boolean check, double tolerance, boolean portable, Consumer<String> warnings) {
    private static final String LOGGER = TraceOptions.class.getPackageName();

    public TraceOptions {
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException("tolerance is " + tolerance + "; 0 or more is expected");
        }
    }

    /** Checks with a tolerance of 1e-5, makes what PyTorch 1.13 loads, and logs warnings. */
    public static TraceOptions options() {
        return new TraceOptions(true, 1e-5, true, LoggerFactory.getLogger(LOGGER)::warn);
    }

    public TraceOptions check(boolean check) {
        return new TraceOptions(check, tolerance, portable, warnings);
    }

    public TraceOptions tolerance(double tolerance) {
        return new TraceOptions(check, tolerance, portable, warnings);
    }

    public TraceOptions portable(boolean portable) {
        return new TraceOptions(check, tolerance, portable, warnings);
    }

    public TraceOptions warnings(Consumer<String> warnings) {
        return new TraceOptions(check, tolerance, portable, warnings);
    }
}
