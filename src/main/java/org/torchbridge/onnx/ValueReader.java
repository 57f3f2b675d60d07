package org.torchbridge.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.onnx.proto.MapProto;
import org.torchbridge.onnx.proto.OptionalProto;
import org.torchbridge.onnx.proto.SequenceProto;
import org.torchbridge.onnx.proto.TensorProto;

/**
 * Single values in files, as the test data beside ONNX models has them: a {@link Tensor}, the {@link List} of a tensor of
 * strings or of a sequence, a {@link Map}, or null for an optional value that is not there.
 */
public final class ValueReader {
    private static final TensorReader TENSORS = new TensorReader(ExternalData.NONE);

    private ValueReader() {}

    /**
     * The value in a file.
     *
     * @param type what it was declared as, which the file itself does not say
     */
    public static @Nullable Object read(Path path, OnnxType type) {
        try {
            return typed(read(Files.readAllBytes(path), type), type);
        } catch (InvalidProtocolBufferException | FileFormatException e) {
            throw new FileFormatException(path + " is no value of the type " + type + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new TorchException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The ONNX project's own tests have the bits of {@code bfloat16} in {@code uint16}. */
    private static @Nullable Object typed(@Nullable Object value, OnnxType type) {
        return value instanceof Tensor tensor
                        && tensor.dtype() == DType.UINT16
                        && type instanceof OnnxType.OfTensor declared
                        && declared.element() == ElementType.BFLOAT16
                ? tensor.view(DType.BFLOAT16)
                : value;
    }

    private static @Nullable Object read(byte[] bytes, OnnxType type) throws InvalidProtocolBufferException {
        if (type instanceof OnnxType.OfSequence) {
            return value(SequenceProto.parseFrom(bytes));
        }
        if (type instanceof OnnxType.OfMap) {
            return value(MapProto.parseFrom(bytes));
        }
        return type instanceof OnnxType.OfOptional
                ? value(OptionalProto.parseFrom(bytes))
                : value(TensorProto.parseFrom(bytes));
    }

    private static Object value(TensorProto proto) {
        return proto.getDataType() == TensorProto.DataType.STRING_VALUE ? TENSORS.strings(proto) : TENSORS.read(proto);
    }

    private static List<@Nullable Object> value(SequenceProto proto) {
        List<@Nullable Object> values = new ArrayList<>();
        proto.getTensorValuesList().forEach(each -> values.add(value(each)));
        proto.getSparseTensorValuesList().forEach(each -> values.add(TENSORS.read(each)));
        proto.getSequenceValuesList().forEach(each -> values.add(value(each)));
        proto.getMapValuesList().forEach(each -> values.add(value(each)));
        proto.getOptionalValuesList().forEach(each -> values.add(value(each)));
        return values;
    }

    private static @Nullable Object value(OptionalProto proto) {
        OptionalProto.DataType kind = OptionalProto.DataType.forNumber(proto.getElemType());
        if (kind == null) {
            throw new FileFormatException("has an optional value of kind " + proto.getElemType());
        }
        return switch (kind) {
            case TENSOR -> value(proto.getTensorValue());
            case SPARSE_TENSOR -> TENSORS.read(proto.getSparseTensorValue());
            case SEQUENCE -> value(proto.getSequenceValue());
            case MAP -> value(proto.getMapValue());
            case OPTIONAL -> value(proto.getOptionalValue());
            case UNDEFINED -> null;
        };
    }

    private static Map<Object, @Nullable Object> value(MapProto proto) {
        List<Object> keys = new ArrayList<>(proto.getKeysList());
        proto.getStringKeysList().forEach(key -> keys.add(key.toStringUtf8()));
        List<@Nullable Object> values = value(proto.getValues());
        if (keys.size() != values.size()) {
            throw new FileFormatException("has a map of " + keys.size() + " keys and " + values.size() + " values");
        }
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            map.put(keys.get(i), values.get(i));
        }
        return map;
    }
}
