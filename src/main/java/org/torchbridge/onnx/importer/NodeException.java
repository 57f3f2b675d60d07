package org.torchbridge.onnx.importer;

import org.torchbridge.FileFormatException;

/** A model that is broken at a node, which the message names. */
final class NodeException extends FileFormatException {
    private static final long serialVersionUID = 1L;

    NodeException(String message, Throwable cause) {
        super(message, cause);
    }
}
