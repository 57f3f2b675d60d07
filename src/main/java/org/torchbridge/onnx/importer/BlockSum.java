package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** Columns back to an image of any number of dimensions: each element is added where it was taken from. */
record BlockSum(Conversion c, Numbers image, Numbers block, long[] strides, long[] dilations, long[] pads) {
    Value of(Value columns) {
        int dims = image.size();
        Object blockSize = c.integer("mul", product(block.elements()));
        Object rows = c.integer("floordiv", c.size(columns, 1), blockSize);
        Value flat = c.op("aten::reshape", columns, c.list(List.of(c.size(columns, 0), rows, -1L)));
        Value place = place(dims);
        List<Object> padded = new ArrayList<>();
        for (int i = 0; i < dims; i++) {
            padded.add(c.integer("add", image.get(i), pads[i] + pads[i + dims]));
        }
        Value zeros = c.op(
                "aten::new_zeros", flat, c.list(List.of(c.size(columns, 0), rows, c.integer("mul", product(padded)))));
        Value sum = c.op("aten::index_add", zeros, 2L, place, flat);
        List<Object> shape = new ArrayList<>(List.of(c.size(columns, 0), rows));
        shape.addAll(padded);
        Value whole = c.op("aten::reshape", sum, c.list(shape));
        for (int i = 0; i < dims; i++) {
            whole = c.op("aten::slice", whole, (long) i + 2, pads[i], c.integer("add", pads[i], image.get(i)), 1L);
        }
        return whole;
    }

    private static Object[] product(List<Object> factors) {
        List<Object> all = new ArrayList<>(factors);
        all.add(1L);
        return all.toArray();
    }

    /** For each element of a block and each block, the number of its place in the padded image. */
    private Value place(int dims) {
        Value place = null;
        for (int i = 0; i < dims; i++) {
            Object size = c.integer("add", image.get(i), pads[i] + pads[i + dims]);
            Object extent = c.integer("add", c.integer("mul", c.integer("sub", block.get(i), 1L), dilations[i]), 1L);
            Object blocks = c.integer("add", c.integer("floordiv", c.integer("sub", size, extent), strides[i]), 1L);
            Value inner = range(block.get(i), dilations[i], i, 2 * dims);
            Value outer = range(blocks, strides[i], i + dims, 2 * dims);
            Value own = c.op("aten::add", inner, outer);
            place = place == null ? own : c.op("aten::add", c.op("aten::mul", place, size), own);
        }
        return c.op("aten::flatten", place, 0L, -1L);
    }

    private Value range(Object count, long step, int dim, int rank) {
        Value numbers =
                c.op("aten::mul", c.op("aten::arange", 0L, count, 1L, DType.INT64, null, c.device(), null), step);
        long[] shape = Padding.all(rank, 1);
        shape[dim] = -1;
        return c.op("aten::reshape", numbers, shape);
    }
}
