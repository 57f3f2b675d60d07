package org.torchbridge.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.List;
import java.util.Map;
import org.torchbridge.Tensor;
import org.torchbridge.onnx.proto.ModelProto;

/** What ONNX Runtime makes of models, as they are: none of its optimisations is on. */
final class RuntimeOracle {
    private RuntimeOracle() {}

    static List<Tensor> run(ModelProto model, Map<String, Tensor> inputs) {
        try (SessionOptions options = new SessionOptions()) {
            options.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
            options.setIntraOpNumThreads(1);
            try (OrtSession session = OrtEnvironment.getEnvironment().createSession(model.toByteArray(), options)) {
                return OnnxRuntime.run(session, inputs);
            }
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime refuses the model: " + e.getMessage(), e);
        }
    }
}
