package org.torchbridge.onnx.exporter;

/** A node that no rule can write; the export goes on to find the others. */
final class Unsupported extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unsupported(String reason) {
        super(reason, null, false, false);
    }
}
