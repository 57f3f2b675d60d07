package org.torchbridge.onnx;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.onnx.proto.TensorShapeProto;
import org.torchbridge.onnx.proto.TypeProto;

/** The type that a model declares for one of its values; each prints as people write it: {@code float[batch, 3, 224]}. */
public sealed interface OnnxType {
    /** Nothing is declared. */
    OnnxType UNKNOWN = new Other("unknown");

    /**
     * A tensor, dense or sparse.
     *
     * @param shape null if not even the number of dimensions is declared; a size is a {@link Long}, a symbol's {@link
     *     String}, or {@code "?"}
     */
    record OfTensor(ElementType element, @Nullable List<Object> shape) implements OnnxType {
        /** The number of dimensions, or -1 if unknown. */
        public int rank() {
            return shape == null ? -1 : shape.size();
        }

        @Override
        public String toString() {
            return element
                    + (shape == null
                            ? "[...]"
                            : shape.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]")));
        }
    }

    /** A list of values of one type. */
    record OfSequence(OnnxType element) implements OnnxType {
        @Override
        public String toString() {
            return "sequence(" + element + ")";
        }
    }

    /** A value or nothing. */
    record OfOptional(OnnxType element) implements OnnxType {
        @Override
        public String toString() {
            return "optional(" + element + ")";
        }
    }

    /** A map with keys that are whole numbers or strings. */
    record OfMap(ElementType key, OnnxType value) implements OnnxType {
        @Override
        public String toString() {
            return "map(" + key + ", " + value + ")";
        }
    }

    /** A type that is unknown, or of somebody's own. */
    record Other(String name) implements OnnxType {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The type as a file has it. */
    static OnnxType of(TypeProto type) {
        return switch (type.getValueCase()) {
            case TENSOR_TYPE -> tensor(
                    type.getTensorType().getElemType(),
                    type.getTensorType().hasShape() ? type.getTensorType().getShape() : null);
            case SPARSE_TENSOR_TYPE -> tensor(
                    type.getSparseTensorType().getElemType(),
                    type.getSparseTensorType().hasShape()
                            ? type.getSparseTensorType().getShape()
                            : null);
            case SEQUENCE_TYPE -> new OfSequence(of(type.getSequenceType().getElemType()));
            case OPTIONAL_TYPE -> new OfOptional(of(type.getOptionalType().getElemType()));
            case MAP_TYPE -> new OfMap(
                    ElementType.of(type.getMapType().getKeyType()),
                    of(type.getMapType().getValueType()));
            case OPAQUE_TYPE -> new Other(type.getOpaqueType().getDomain() + "."
                    + type.getOpaqueType().getName());
            case VALUE_NOT_SET -> UNKNOWN;
        };
    }

    private static OnnxType tensor(int element, @Nullable TensorShapeProto shape) {
        return new OfTensor(
                ElementType.of(element),
                shape == null
                        ? null
                        : shape.getDimList().stream().map(OnnxType::size).toList());
    }

    private static Object size(TensorShapeProto.Dimension dimension) {
        return switch (dimension.getValueCase()) {
            case DIM_VALUE -> dimension.getDimValue() < 0 ? "?" : (Object) dimension.getDimValue();
            case DIM_PARAM -> dimension.getDimParam().isEmpty() ? "?" : dimension.getDimParam();
            case VALUE_NOT_SET -> "?";
        };
    }
}
