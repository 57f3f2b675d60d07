package org.torchbridge.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;

/** Runs models in ONNX Runtime, where that is on the class path. */
final class OnnxRuntime {
    private static final Map<OnnxJavaType, DType> TYPES = Map.of(
            OnnxJavaType.FLOAT, DType.FLOAT32,
            OnnxJavaType.DOUBLE, DType.FLOAT64,
            OnnxJavaType.FLOAT16, DType.FLOAT16,
            OnnxJavaType.BFLOAT16, DType.BFLOAT16,
            OnnxJavaType.INT64, DType.INT64,
            OnnxJavaType.INT32, DType.INT32,
            OnnxJavaType.INT16, DType.INT16,
            OnnxJavaType.INT8, DType.INT8,
            OnnxJavaType.UINT8, DType.UINT8,
            OnnxJavaType.BOOL, DType.BOOL);

    private OnnxRuntime() {}

    /**
     * The tensors that the model gives, those of lists too.
     *
     * @throws TorchException if it does not take the model
     */
    static List<Tensor> run(Path file, List<String> names, List<?> inputs) {
        try {
            return results(file, names, inputs);
        } catch (OrtException e) {
            throw new TorchException("ONNX Runtime cannot run " + file + ": " + e.getMessage(), e);
        }
    }

    private static List<Tensor> results(Path file, List<String> names, List<?> inputs) throws OrtException {
        try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
            Map<String, Object> byName = new LinkedHashMap<>();
            for (int i = 0; i < inputs.size(); i++) {
                if (session.getInputNames().contains(names.get(i))) {
                    byName.put(names.get(i), inputs.get(i));
                }
            }
            return run(session, byName);
        }
    }

    /** The tensors that a session gives, those of lists too, for tensors and numbers by the names of the inputs. */
    static List<Tensor> run(OrtSession session, Map<String, ?> inputs) throws OrtException {
        Map<String, OnnxTensorLike> given = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, ?> input : inputs.entrySet()) {
                given.put(input.getKey(), tensor(OrtEnvironment.getEnvironment(), input.getValue()));
            }
            List<Tensor> results = new ArrayList<>();
            try (OrtSession.Result result = session.run(given)) {
                for (Map.Entry<String, OnnxValue> entry : result) {
                    add(entry.getValue(), results);
                }
            }
            return results;
        } finally {
            given.values().forEach(OnnxTensorLike::close);
        }
    }

    private static void add(OnnxValue value, List<Tensor> results) throws OrtException {
        if (value instanceof OnnxSequence sequence) {
            for (OnnxValue element : sequence.getValue()) {
                add(element, results);
            }
        } else {
            results.add(tensor((OnnxTensor) value));
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Object input) throws OrtException {
        Tensor value =
                input instanceof Tensor tensor ? tensor.detach().to(Device.CPU).contiguous() : number(input);
        ByteBuffer bytes = ByteBuffer.allocateDirect(
                        (int) Math.max(1, value.numel() * value.dtype().itemSize()))
                .order(ByteOrder.nativeOrder());
        if (value.numel() > 0) {
            bytes.put(value.buffer()).flip();
        }
        return OnnxTensor.createTensor(environment, bytes, value.shape(), type(value.dtype()));
    }

    private static Tensor number(Object number) {
        if (number instanceof Boolean flag) {
            return Torch.full(new long[0], flag ? 1 : 0, TensorOptions.of(DType.BOOL));
        }
        DType dtype = number instanceof Double ? DType.FLOAT64 : DType.INT64;
        return Torch.full(new long[0], (Number) number, TensorOptions.of(dtype));
    }

    private static OnnxJavaType type(DType dtype) {
        for (OnnxJavaType type : TYPES.keySet()) {
            if (TYPES.get(type) == dtype) {
                return type;
            }
        }
        throw new TorchException("ONNX Runtime takes no tensors of type " + dtype + " from Java");
    }

    private static Tensor tensor(OnnxTensor value) {
        DType dtype = dtype(value.getInfo().type);
        ByteBuffer bytes = value.getByteBuffer();
        if (bytes == null || bytes.remaining() == 0) {
            return Torch.empty(value.getInfo().getShape(), TensorOptions.of(dtype));
        }
        ByteBuffer copy = ByteBuffer.allocateDirect(bytes.remaining()).order(ByteOrder.nativeOrder());
        copy.put(bytes).flip();
        return Torch.fromBuffer(copy, dtype, value.getInfo().getShape()).clone();
    }

    private static DType dtype(OnnxJavaType type) {
        DType dtype = TYPES.get(type);
        if (dtype == null) {
            throw new TorchException("ONNX Runtime gives a " + type + ", which is not compared");
        }
        return dtype;
    }
}
