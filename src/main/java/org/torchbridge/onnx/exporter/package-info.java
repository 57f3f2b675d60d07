/** Programs as ONNX models: the rules that write each operator, and the walk that applies them. */
@NullMarked
package org.torchbridge.onnx.exporter;

import org.jspecify.annotations.NullMarked;
