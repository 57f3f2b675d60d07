package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.torchbridge.graph.Value;

/**
 * The attributes of a transposed convolution: pads cut the output, and more of one end than of the other as the node says.
 *
 * @param pads what libtorch cuts from both ends
 * @param outputPads what libtorch adds at the end
 * @param before what is cut from the front beyond that
 * @param after what is cut from the end beyond that
 */
record TransposedPadding(
        long[] strides, long[] dilations, Numbers pads, long[] outputPads, List<Object> before, List<Object> after) {
    /** The kernel's sizes, from the attribute or from the weight. */
    static List<Object> kernel(OnnxNode node, Conversion c, Value weight) {
        long[] kernel = node.integers("kernel_shape");
        List<Object> sizes = new ArrayList<>();
        int dims = kernel == null ? node.knownRank(1) - 2 : kernel.length;
        for (int i = 0; i < dims; i++) {
            sizes.add(kernel == null ? c.size(weight, i + 2) : (Object) kernel[i]);
        }
        return sizes;
    }

    static TransposedPadding of(OnnxNode node, Conversion c, Value x, List<Object> kernel) {
        int dims = kernel.size();
        long[] strides = node.integers("strides", Padding.all(dims, 1));
        long[] dilations = node.integers("dilations", Padding.all(dims, 1));
        long[] pads = node.integers("pads", Padding.all(2 * dims, 0));
        long[] added = node.integers("output_padding", Padding.all(dims, 0));
        long[] wanted = node.integers("output_shape");
        String auto = node.oneOf("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER");
        List<Object> begins = new ArrayList<>();
        List<Object> ends = new ArrayList<>();
        for (int i = 0; i < dims; i++) {
            if (wanted == null && !auto.startsWith("SAME")) {
                begins.add(auto.equals("VALID") ? 0L : pads[i]);
                ends.add(auto.equals("VALID") ? 0L : pads[dims + i]);
                continue;
            }
            Object size = c.size(x, i + 2);
            Object extent = c.integer("mul", c.integer("sub", kernel.get(i), 1L), dilations[i]);
            Object steps = c.integer("mul", c.integer("sub", size, 1L), strides[i]);
            Object full = c.integer("add", steps, extent, added[i] + 1);
            Object target =
                    wanted == null ? c.integer("mul", size, strides[i]) : (Object) wanted[wanted.length - dims + i];
            Object total = c.integer("sub", full, target);
            // What is missing of the output is added at its end.
            Object cut = c.integer("max", total, 0L);
            Object half = c.integer("floordiv", cut, 2L);
            Object begin = auto.equals("SAME_UPPER") ? half : c.integer("sub", cut, half);
            begins.add(begin);
            ends.add(c.integer("sub", total, begin));
        }
        return ofEnds(strides, dilations, added, begins, ends);
    }

    private static TransposedPadding ofEnds(
            long[] strides, long[] dilations, long[] added, List<Object> begins, List<Object> ends) {
        boolean same = begins.equals(ends) && begins.stream().allMatch(pad -> pad instanceof Long known && known >= 0);
        List<Object> none = new ArrayList<>(begins);
        Collections.fill(none, 0L);
        return same
                ? new TransposedPadding(strides, dilations, Numbers.row(begins), added, none, none)
                : new TransposedPadding(strides, dilations, Numbers.row(none), added, begins, ends);
    }

    /** What is cut from the output of libtorch; less than nothing is added. */
    Value cut(Conversion c, Value full) {
        if (before.stream().allMatch(pad -> pad.equals(0L)) && after.stream().allMatch(pad -> pad.equals(0L))) {
            return full;
        }
        List<Object> pads = new ArrayList<>();
        for (int i = before.size() - 1; i >= 0; i--) {
            pads.add(c.integer("sub", 0L, before.get(i)));
            pads.add(c.integer("sub", 0L, after.get(i)));
        }
        return c.op("aten::constant_pad_nd", full, Numbers.row(pads), 0.0);
    }
}
