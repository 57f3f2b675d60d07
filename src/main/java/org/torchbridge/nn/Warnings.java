package org.torchbridge.nn;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Logs what is allowed and likely a mistake, each text once, as Python's warnings are shown. */
final class Warnings {
    private static final System.Logger LOGGER = System.getLogger(Warnings.class.getPackageName());
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private Warnings() {}

    static void warn(String text) {
        if (SAID.add(text)) {
            LOGGER.log(System.Logger.Level.WARNING, text);
        }
    }
}
