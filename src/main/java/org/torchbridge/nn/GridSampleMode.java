package org.torchbridge.nn;

/** How {@link Functional#gridSample} finds the values between the given ones. */
public enum GridSampleMode {
    BILINEAR,
    NEAREST,
    BICUBIC;

    /** libtorch's number. */
    int code() {
        return ordinal();
    }
}
