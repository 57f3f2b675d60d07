package org.torchbridge.onnx.importer;

import org.torchbridge.onnx.ElementType;

/** What stands for a value of the model while it is converted: a constant, numbers of shape arithmetic, or a written value. */
sealed interface Carried permits Known, Numbers, Written {
    /** Its element type, as far as it is known. */
    ElementType element();
}
