package org.torchbridge.nn;

import java.util.Locale;

/** What {@link Functional#pad} pads with. */
public enum PadMode {
    /** One value everywhere. */
    CONSTANT,
    /** The input mirrored at its border, which is not repeated. */
    REFLECT,
    /** The value at the border. */
    REPLICATE,
    /** The input's other side. */
    CIRCULAR;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
