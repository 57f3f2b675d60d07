package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.torchbridge.graph.Value;

/**
 * The attributes that convolutions and pooling share: kernel, strides, dilations, and the pads of both ends of each spatial
 * dimension, which {@code auto_pad} may leave to the input's size.
 */
record Padding(long[] kernel, long[] strides, long[] dilations, List<Object> begins, List<Object> ends) {
    /** What libtorch has no windows of. */
    static final String LIMIT = "more than three spatial dimensions";

    /** The attributes of a node for an input {@code x} and a kernel of known size. */
    static Padding of(OnnxNode node, Conversion c, Value x, long[] kernel) {
        int dims = kernel.length;
        long[] strides = node.integers("strides", all(dims, 1));
        long[] dilations = node.integers("dilations", all(dims, 1));
        long[] pads = node.integers("pads", all(2 * dims, 0));
        String auto = node.oneOf("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER");
        if (strides.length != dims || dilations.length != dims || pads.length != 2 * dims) {
            throw node.broken("has strides, dilations or pads that are not of its " + dims + " spatial dimensions");
        }
        List<Object> begins = new ArrayList<>();
        List<Object> ends = new ArrayList<>();
        for (int i = 0; i < dims; i++) {
            switch (auto) {
                case "NOTSET" -> {
                    begins.add(pads[i]);
                    ends.add(pads[dims + i]);
                }
                case "VALID" -> {
                    begins.add(0L);
                    ends.add(0L);
                }
                default -> {
                    Object total = same(c, x, i + 2, strides[i], dilations[i] * (kernel[i] - 1) + 1);
                    Object small = c.integer("floordiv", total, 2L);
                    Object large = c.integer("sub", total, small);
                    begins.add(auto.equals("SAME_UPPER") ? small : large);
                    ends.add(auto.equals("SAME_UPPER") ? large : small);
                }
            }
        }
        return new Padding(kernel, strides, dilations, begins, ends);
    }

    /** How much is padded in all, so that there is one output for each {@code stride} inputs. */
    private static Object same(Conversion c, Value x, int dim, long stride, long extent) {
        if (stride == 1) {
            return extent - 1;
        }
        Object size = c.size(x, dim);
        Object outputs = c.integer("floordiv", c.integer("add", size, stride - 1), stride);
        Object covered = c.integer("add", c.integer("mul", c.integer("sub", outputs, 1L), stride), extent);
        return c.integer("max", 0L, c.integer("sub", covered, size));
    }

    static long[] all(int count, long value) {
        long[] all = new long[count];
        Arrays.fill(all, value);
        return all;
    }

    /** Whether both ends are padded alike. */
    boolean isSymmetric() {
        return begins.equals(ends);
    }

    boolean isZero() {
        return begins.stream().allMatch(pad -> pad.equals(0L)) && ends.stream().allMatch(pad -> pad.equals(0L));
    }

    int dims() {
        return kernel.length;
    }

    /** The pads of one end, where both are alike. */
    Numbers symmetric() {
        return Numbers.row(begins);
    }

    /** {@code x} with its spatial dimensions padded. */
    Value apply(Conversion c, Value x, Object with) {
        List<Object> pads = new ArrayList<>();
        for (int i = dims() - 1; i >= 0; i--) {
            pads.add(begins.get(i));
            pads.add(ends.get(i));
        }
        return c.op("aten::constant_pad_nd", x, Numbers.row(pads), with);
    }

    /** What a pooling of the padded {@code x} has made, without windows that begin in the pads of the end. */
    Value begun(Conversion c, Value x, Value pooled) {
        for (int i = 0; i < dims(); i++) {
            Object last = c.integer("sub", c.integer("add", c.size(x, i + 2), begins.get(i)), 1L);
            Object count = c.integer("add", c.integer("floordiv", last, strides[i]), 1L);
            pooled = c.op("aten::slice", pooled, (long) i + 2, 0L, count, 1L);
        }
        return pooled;
    }

    /** The same without pads, for an input that has been padded. */
    Padding none() {
        return new Padding(
                kernel, strides, dilations, Collections.nCopies(dims(), 0L), Collections.nCopies(dims(), 0L));
    }
}
