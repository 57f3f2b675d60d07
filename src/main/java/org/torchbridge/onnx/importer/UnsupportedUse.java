package org.torchbridge.onnx.importer;

/** Something about a node that no rule supports; it is collected, and the conversion goes on to find the others. */
final class UnsupportedUse extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient OnnxNode node;

    UnsupportedUse(OnnxNode node, String reason) {
        super(reason, null, false, false);
        this.node = node;
    }

    OnnxNode node() {
        return node;
    }
}
