package org.torchbridge.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.onnx.proto.ModelProto;

/** What ONNX Runtime makes of models, as they are: none of its optimisations is on. */
final class OnnxRuntime {
    private OnnxRuntime() {}

    static List<Tensor> run(ModelProto model, Map<String, Tensor> inputs) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensorLike> given = new LinkedHashMap<>();
        try (OrtSession.SessionOptions options = options();
                OrtSession session = environment.createSession(model.toByteArray(), options)) {
            for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
                given.put(input.getKey(), tensor(environment, input.getValue()));
            }
            List<Tensor> results = new ArrayList<>();
            try (OrtSession.Result result = session.run(given)) {
                result.forEach(entry -> results.add(tensor((OnnxTensor) entry.getValue())));
            }
            return results;
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime refuses the model: " + e.getMessage(), e);
        } finally {
            given.values().forEach(OnnxTensorLike::close);
        }
    }

    private static OrtSession.SessionOptions options() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
        options.setIntraOpNumThreads(1);
        return options;
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Tensor value) throws OrtException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(
                        (int) Math.max(1, value.numel() * value.dtype().itemSize()))
                .order(ByteOrder.nativeOrder());
        if (value.numel() > 0) {
            bytes.put(value.contiguous().buffer()).flip();
        }
        return OnnxTensor.createTensor(environment, bytes, value.shape(), type(value.dtype()));
    }

    private static OnnxJavaType type(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT64 -> OnnxJavaType.DOUBLE;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case BFLOAT16 -> OnnxJavaType.BFLOAT16;
            case INT64 -> OnnxJavaType.INT64;
            case INT32 -> OnnxJavaType.INT32;
            case INT16 -> OnnxJavaType.INT16;
            case INT8 -> OnnxJavaType.INT8;
            case UINT8 -> OnnxJavaType.UINT8;
            case BOOL -> OnnxJavaType.BOOL;
            default -> throw new IllegalArgumentException("ONNX Runtime takes no " + dtype + " from Java");
        };
    }

    private static Tensor tensor(OnnxTensor value) {
        DType dtype =
                switch (value.getInfo().type) {
                    case FLOAT -> DType.FLOAT32;
                    case DOUBLE -> DType.FLOAT64;
                    case FLOAT16 -> DType.FLOAT16;
                    case BFLOAT16 -> DType.BFLOAT16;
                    case INT64 -> DType.INT64;
                    case INT32 -> DType.INT32;
                    case INT16 -> DType.INT16;
                    case INT8 -> DType.INT8;
                    case UINT8 -> DType.UINT8;
                    case BOOL -> DType.BOOL;
                    default -> throw new IllegalArgumentException("a result of type " + value.getInfo().type);
                };
        ByteBuffer copy =
                ByteBuffer.allocateDirect(value.getByteBuffer().remaining()).order(ByteOrder.nativeOrder());
        copy.put(value.getByteBuffer()).flip();
        return Torch.fromBuffer(copy, dtype, value.getInfo().getShape()).clone();
    }
}
