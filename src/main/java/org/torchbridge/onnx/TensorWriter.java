package org.torchbridge.onnx;

import com.google.protobuf.ByteString;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.torchbridge.Device;
import org.torchbridge.Tensor;
import org.torchbridge.onnx.proto.TensorProto;

/** Tensors as ONNX files have them, the other way from {@link TensorReader}: as raw bytes. */
public final class TensorWriter {
    private TensorWriter() {}

    /** The tensor with its bytes. */
    public static TensorProto write(String name, Tensor value) {
        return describe(name, value).setRawData(bytes(value)).build();
    }

    /** The tensor's name, type and shape. */
    static TensorProto.Builder describe(String name, Tensor value) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(ElementType.of(value.dtype()).code())
                .addAllDims(Arrays.stream(value.shape()).boxed().toList());
    }

    private static ByteString bytes(Tensor value) {
        if (value.numel() == 0) {
            return ByteString.EMPTY;
        }
        Tensor plain = value.detach().to(Device.CPU).contiguous();
        return ByteString.copyFrom(plain.buffer().order(ByteOrder.LITTLE_ENDIAN));
    }
}
