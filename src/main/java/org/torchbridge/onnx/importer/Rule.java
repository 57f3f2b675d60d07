package org.torchbridge.onnx.importer;

import org.torchbridge.graph.Value;

/** How an operator with one output is written: gives the value of it. */
@FunctionalInterface
public interface Rule {
    Value write(OnnxNode node, Conversion c);
}
