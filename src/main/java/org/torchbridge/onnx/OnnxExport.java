package org.torchbridge.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exported model, and what is to be known of it.
 *
 * @param model the model
 * @param warnings what the model may do otherwise than the module: sizes that were frozen, each with the operation and the
 *     line that made it
 * @param difference the largest difference between the results of ONNX Runtime and of the module, absolute; null if it was
 *     not {@linkplain OnnxExportOptions#verify asked for}
 */
public record OnnxExport(OnnxModel model, List<String> warnings, @Nullable Double difference) {
    public OnnxExport {
        warnings = List.copyOf(warnings);
    }
}
