package org.torchbridge.onnx.exporter;

import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/**
 * Types that meet in one operator, which ONNX wants to be equal. They become what PyTorch makes of them: of tensors with
 * dimensions, of tensors without, and of numbers, the first that has a kind as high as any decides.
 */
final class Casts {
    private Casts() {}

    /** A number as one of another type. */
    static Object value(Object value, DType dtype) {
        Number number = value instanceof Boolean flag ? (Number) (flag ? 1L : 0L) : (Number) value;
        if (dtype == DType.BOOL) {
            return number.doubleValue() != 0;
        }
        return dtype.isFloatingPoint() ? (Object) number.doubleValue() : (Object) number.longValue();
    }

    /** The type in which PyTorch computes with both. */
    static DType common(Call c, Item one, Item other) {
        int first = rank(one);
        int second = rank(other);
        DType a = dtype(c, one);
        DType b = dtype(c, other);
        if (first == second) {
            return Torch.promoteTypes(a, b);
        }
        DType strong = first > second ? a : b;
        DType weak = first > second ? b : a;
        return kind(weak) > kind(strong) ? promoteWeak(strong, weak) : strong;
    }

    /** A number of a higher kind makes an integer tensor one of the default type. */
    private static DType promoteWeak(DType strong, DType weak) {
        return weak == DType.FLOAT64 ? DType.FLOAT32 : Torch.promoteTypes(strong, weak);
    }

    /** How much a value's type counts: 2 for a tensor with dimensions, 1 for one without, 0 for a number. */
    private static int rank(Item item) {
        return item instanceof Known ? 0 : item instanceof Named named && named.rank() == 0 ? 1 : 2;
    }

    private static int kind(DType dtype) {
        return dtype == DType.BOOL ? 0 : dtype.isInteger() ? 1 : dtype.isFloatingPoint() ? 2 : 3;
    }

    static DType dtype(Call c, Item item) {
        if (item instanceof Named named) {
            return c.dtype(named);
        }
        Object value = item instanceof Known known ? known.value() : null;
        return value instanceof Tensor tensor
                ? tensor.dtype()
                : value instanceof Boolean ? DType.BOOL : value instanceof Long ? DType.INT64 : DType.FLOAT64;
    }
}
