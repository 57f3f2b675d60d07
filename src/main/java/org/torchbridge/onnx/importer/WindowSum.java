package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.Torch;
import org.torchbridge.graph.Value;

/** Sums over the windows of a pooling, which may have gaps: convolutions of single channels with ones. */
final class WindowSum {
    private WindowSum() {}

    /** @param pad what the pads count as; what lies behind them counts as zero */
    static Value of(Conversion c, Value x, Padding padding, boolean ceil, double pad) {
        Value images = c.op("aten::flatten", c.op("aten::unsqueeze", x, 2L), 0L, 1L);
        Value sums = convolved(c, rounded(c, padding.apply(c, images, pad), padding, ceil), padding);
        List<Object> shape = new ArrayList<>(List.of(c.size(x, 0), c.size(x, 1)));
        for (int i = 0; i < padding.dims(); i++) {
            shape.add(c.op("aten::size", sums, (long) i + 2));
        }
        Value all = c.op("aten::reshape", sums, Numbers.row(shape));
        return ceil ? padding.begun(c, x, all) : all;
    }

    /** With room for a last window that is not full, if there may be such. */
    private static Value rounded(Conversion c, Value x, Padding padding, boolean ceil) {
        if (!ceil) {
            return x;
        }
        List<Object> pads = new ArrayList<>();
        for (int i = padding.dims() - 1; i >= 0; i--) {
            pads.addAll(List.of(0L, padding.strides()[i] - 1));
        }
        return c.op("aten::constant_pad_nd", x, Numbers.row(pads), 0.0);
    }

    private static Value convolved(Conversion c, Value x, Padding padding) {
        long[] shape = Padding.all(padding.dims() + 2, 1);
        System.arraycopy(padding.kernel(), 0, shape, 2, padding.dims());
        Value kernel = c.op("aten::type_as", c.constant(Torch.ones(shape)), x);
        return c.op(
                "aten::conv" + padding.dims() + "d",
                x,
                kernel,
                null,
                padding.strides(),
                Padding.all(padding.dims(), 0),
                padding.dilations());
    }
}
