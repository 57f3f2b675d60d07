/**
 * From ONNX models to programs: one small rule for each version of an operator, in files by family, found by {@link
 * org.torchbridge.onnx.importer.Registry}.
 */
@NullMarked
package org.torchbridge.onnx.importer;

import org.jspecify.annotations.NullMarked;
