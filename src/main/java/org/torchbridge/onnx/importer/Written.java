package org.torchbridge.onnx.importer;

import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;

/** A value of the program: a tensor, a list of tensors or strings, an optional one. */
record Written(Value value, ElementType element) implements Carried {}
