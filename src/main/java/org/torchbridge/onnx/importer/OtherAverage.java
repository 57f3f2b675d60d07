package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.torchbridge.Torch;
import org.torchbridge.graph.Value;

/**
 * Averages that libtorch has no pooling for: over windows with gaps, and with pads counted beyond the edge. They are
 * convolutions of single channels with ones.
 */
final class OtherAverage {
    private OtherAverage() {}

    static Value write(Conversion c, Value x, Padding padding, boolean ceil, boolean counts) {
        int dims = padding.dims();
        Value images = c.op("aten::flatten", c.op("aten::unsqueeze", x, 2L), 0L, 1L);
        Value sums = sums(c, rounded(c, padding.apply(c, images, 0.0), padding, ceil), padding);
        Object counted = counts ? size(padding) : seen(c, images, padding, ceil);
        Value averages = c.op("aten::div", sums, counted);
        List<Object> shape = new ArrayList<>(List.of(c.size(x, 0), c.size(x, 1)));
        for (int i = 2; i < dims + 2; i++) {
            shape.add(c.op("aten::size", averages, (long) i));
        }
        return c.op("aten::reshape", averages, Numbers.row(shape));
    }

    private static Object size(Padding padding) {
        return Arrays.stream(padding.kernel()).reduce(1, Math::multiplyExact);
    }

    /** How many elements of the images themselves each window has. */
    private static Value seen(Conversion c, Value images, Padding padding, boolean ceil) {
        Value ones = padding.apply(c, c.op("aten::ones_like", images), 0.0);
        return sums(c, rounded(c, ones, padding, ceil), padding);
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

    private static Value sums(Conversion c, Value x, Padding padding) {
        long[] shape = new long[padding.dims() + 2];
        Arrays.fill(shape, 1);
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
