package org.torchbridge.onnx.importer;

import org.torchbridge.Tensor;
import org.torchbridge.onnx.ElementType;

/**
 * What the model alone determines.
 *
 * @param tensor the elements, in the type that programs compute in
 * @param element the type that they are of in ONNX
 */
record Constant(Tensor tensor, ElementType element) {}
