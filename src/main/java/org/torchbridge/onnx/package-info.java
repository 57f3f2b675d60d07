/** ONNX: its files, and their models as modules that run and train natively. */
@NullMarked
package org.torchbridge.onnx;

import org.jspecify.annotations.NullMarked;
