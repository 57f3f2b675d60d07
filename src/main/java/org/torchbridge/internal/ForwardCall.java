package org.torchbridge.internal;

/** Where a function was called whose backward failed; native code makes it, while anomalies are looked for. */
public final class ForwardCall extends Exception {
    private static final long serialVersionUID = 1L;

    ForwardCall() {
        super("the forward call of the function whose backward failed");
    }
}
