package org.torchbridge.nn;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what is allowed and likely a mistake: once for each function that warns, as Python shows its warnings. */
final class Warnings {
    private static final Logger LOGGER = LoggerFactory.getLogger(Warnings.class.getPackageName());
    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private Warnings() {}

    /** Logs {@code text}, unless {@code function} has warned before. */
    static void warn(String function, String text) {
        if (WARNED.add(function)) {
            LOGGER.warn(text);
        }
    }
}
