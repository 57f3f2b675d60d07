package org.torchbridge.onnx.exporter;

/** A node needs what another could not give, of which the user hears already. */
final class Missing extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Missing() {
        super(null, null, false, false);
    }
}
