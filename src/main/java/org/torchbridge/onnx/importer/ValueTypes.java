package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Type;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.OnnxType;

/** The types of programs that stand for those of ONNX. */
final class ValueTypes {
    private ValueTypes() {}

    /** Sizes stay open, whatever is declared, unless {@code sizes} has a number for their symbol. */
    static Type of(OnnxType type, Map<String, Long> sizes) {
        if (type instanceof OnnxType.OfTensor tensor) {
            return tensor.element() == ElementType.STRING
                    ? new Type.OfList(Type.STRING)
                    : new Type.OfTensor(tensor.element().dtype(), shape(tensor, sizes));
        }
        if (type instanceof OnnxType.OfSequence sequence) {
            return new Type.OfList(loose(of(sequence.element(), Map.of())));
        }
        if (type instanceof OnnxType.OfOptional optional) {
            return new Type.OfOptional(loose(of(optional.element(), Map.of())));
        }
        if (type instanceof OnnxType.OfMap map) {
            return new Type.OfDict(
                    map.key() == ElementType.STRING ? Type.STRING : Type.INT, loose(of(map.value(), Map.of())));
        }
        return Type.TENSOR;
    }

    private static Type loose(Type type) {
        return type instanceof Type.OfTensor ? Type.TENSOR : type;
    }

    /** The sizes of a tensor of strings: what is not a symbol is as declared. */
    static List<@Nullable Long> sizes(OnnxType.OfTensor tensor, Map<String, Long> sizes) {
        List<@Nullable Long> shape = new ArrayList<>();
        tensor.shape().forEach(size -> shape.add(size instanceof String symbol ? sizes.get(symbol) : (Long) size));
        return shape;
    }

    private static @Nullable List<@Nullable Long> shape(OnnxType.OfTensor tensor, Map<String, Long> sizes) {
        if (tensor.shape() == null) {
            return null;
        }
        List<@Nullable Long> shape = new ArrayList<>();
        tensor.shape()
                .forEach(size -> shape.add(
                        size instanceof String symbol
                                ? sizes.get(symbol)
                                : isRowOfNumbers(tensor) ? (Long) size : null));
        return shape;
    }

    /** Axes, sizes, bounds: programs need to know how many there are. */
    private static boolean isRowOfNumbers(OnnxType.OfTensor tensor) {
        return tensor.rank() == 1 && (tensor.element() == ElementType.INT64 || tensor.element() == ElementType.INT32);
    }
}
