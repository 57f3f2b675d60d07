package org.torchbridge.nn;

/** What {@link Functional#gridSample} finds outside the input. */
public enum GridSamplePadding {
    ZEROS,
    /** The value at the border. */
    BORDER,
    /** The input mirrored at its border. */
    REFLECTION;

    /** libtorch's number. */
    int code() {
        return ordinal();
    }
}
