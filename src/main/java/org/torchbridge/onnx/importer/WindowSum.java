package org.torchbridge.onnx.importer;

import java.util.List;
import org.torchbridge.graph.Value;

/** Sums over windows, with gaps in them if the pooling is dilated. */
final class WindowSum {
    private WindowSum() {}

    /** Of an input that is padded already. */
    static Value of(Conversion c, Value x, Padding padding, boolean ceil) {
        int dims = padding.dims();
        for (int i = 0; i < dims; i++) {
            x = along(c, x, i + 2, padding.kernel()[i], padding.strides()[i], padding.dilations()[i], ceil);
        }
        return x;
    }

    /** The window's elements are a dimension of their own, which is summed away. */
    private static Value along(Conversion c, Value x, long dim, long kernel, long stride, long dilation, boolean ceil) {
        long extent = dilation * (kernel - 1) + 1;
        if (ceil) {
            Object size = c.size(x, dim);
            Object over = c.integer("remainder", c.integer("sub", size, extent), stride);
            Object missing = c.integer("remainder", c.integer("sub", stride, over), stride);
            Value last = c.op("aten::transpose", x, dim, -1L);
            Value padded = c.op("aten::constant_pad_nd", last, c.list(List.of(0L, missing)), 0.0);
            x = c.op("aten::transpose", padded, dim, -1L);
        }
        Value windows = c.op("aten::unfold", x, dim, extent, stride);
        Value chosen = dilation == 1 ? windows : c.op("aten::slice", windows, -1L, 0L, null, dilation);
        return c.op("aten::sum", chosen, new long[] {-1}, false);
    }
}
