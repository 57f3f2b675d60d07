package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** The places of largest elements: in libtorch within a padded image, in ONNX within the whole tensor without its pads. */
final class PoolIndices {
    private PoolIndices() {}

    /**
     * ONNX's indices of libtorch's.
     *
     * @param padding what was added to {@code x} to make {@code padded}; null if nothing was
     * @param columns whether the first spatial dimension is the fastest, not the last
     */
    static Value write(Conversion c, Value x, Value padded, Value indices, @Nullable Padding padding, boolean columns) {
        int rank = Conversion.rank(x) < 0 ? Conversion.rank(padded) : Conversion.rank(x);
        Value within = padding == null && !columns ? indices : within(c, x, padded, indices, padding, columns, rank);
        Object image = 1L;
        for (int i = 2; i < rank; i++) {
            image = c.integer("mul", image, c.size(x, i));
        }
        Object images = c.integer("mul", c.size(x, 0), c.size(x, 1));
        Value numbers = c.op("aten::arange", 0L, images, 1L, DType.INT64, null, c.device(), null);
        List<Object> shape = new ArrayList<>(List.of(c.size(x, 0), c.size(x, 1)));
        for (int i = 2; i < rank; i++) {
            shape.add(1L);
        }
        Value first = c.op("aten::reshape", c.op("aten::mul", numbers, image), Numbers.row(shape));
        return c.op("aten::add", within, first);
    }

    private static Value within(
            Conversion c, Value x, Value padded, Value indices, @Nullable Padding padding, boolean columns, int rank) {
        List<Value> places = new ArrayList<>();
        Value rest = indices;
        for (int i = rank - 1; i >= 2; i--) {
            Object size = c.size(padded, i);
            Value place = c.op("aten::remainder", rest, size);
            places.add(
                    0,
                    padding == null
                            ? place
                            : c.op("aten::sub", place, padding.begins().get(i - 2)));
            rest = c.op("aten::div", rest, size, "floor");
        }
        Value index = null;
        for (int k = 0; k < places.size(); k++) {
            int dim = columns ? places.size() - 1 - k : k;
            Value place = places.get(dim);
            index = index == null ? place : c.op("aten::add", c.op("aten::mul", index, c.size(x, dim + 2)), place);
        }
        return index;
    }
}
