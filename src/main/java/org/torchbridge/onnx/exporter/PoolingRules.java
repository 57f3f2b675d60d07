package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** Pooling: maxima and means over windows, and over as many windows as an output is to have places. */
final class PoolingRules {
    private PoolingRules() {}

    static void register(Rules r) {
        for (int dims = 1; dims <= 3; dims++) {
            int count = dims;
            r.rule("aten::max_pool" + dims + "d", c -> batched(c, count, x -> List.of(maximum(c, x, count)))
                    .get(0));
            r.many(
                    "aten::max_pool" + dims + "d_with_indices",
                    c -> List.copyOf(batched(c, count, x -> maximumAndPlaces(c, x, count))));
            r.rule("aten::avg_pool" + dims + "d", c -> batched(c, count, x -> List.of(mean(c, x, count)))
                    .get(0));
            r.rule("aten::adaptive_avg_pool" + dims + "d", c -> adaptive(c, "AveragePool", count));
            r.many("aten::adaptive_max_pool" + dims + "d", c -> adaptiveMaximum(c, count));
        }
    }

    private interface Batched {
        List<Named> apply(Named x);
    }

    private static List<Named> batched(Call c, int dims, Batched operator) {
        Named x = c.tensor("self");
        if (c.rank(x) == dims + 2) {
            return operator.apply(x);
        }
        return operator.apply(LayoutRules.unsqueeze(c, x, 0)).stream()
                .map(result -> c.op("Squeeze", result, c.longs(0)))
                .toList();
    }

    // ---- windows

    private static NodeWriter window(Call c, NodeWriter node, int dims) {
        long[] kernel = c.integers("kernel_size", dims);
        long[] strides = strides(c, kernel);
        long[] padding = c.integers("padding", dims);
        return node.with("kernel_shape", kernel)
                .with("strides", strides)
                .with("pads", ConvolutionRules.joined(padding, padding))
                .with("ceil_mode", c.flag("ceil_mode"));
    }

    private static long[] strides(Call c, long[] kernel) {
        return c.has("stride") && c.integers("stride").length > 0 ? c.integers("stride", kernel.length) : kernel;
    }

    private static Named maximum(Call c, Named x, int dims) {
        return window(c, c.node("MaxPool", x), dims)
                .with("dilations", c.integers("dilation", dims))
                .get();
    }

    /** ONNX counts places through all images and channels; PyTorch through one channel. */
    private static List<Named> maximumAndPlaces(Call c, Named x, int dims) {
        List<Named> results = window(c, c.node("MaxPool", x), dims)
                .with("dilations", c.integers("dilation", dims))
                .many(2);
        Item plane = Item.of(1L);
        for (int i = 2; i < x.rank(); i++) {
            plane = NumberRules.times(c, plane, c.size(x, i));
        }
        Named places = c.op("Mod", results.get(1).as(DType.INT64), c.named(plane));
        return List.of(results.get(0), places);
    }

    private static Named mean(Call c, Named x, int dims) {
        if (c.has("divisor_override")) {
            return sum(c, x, dims);
        }
        boolean padded = LongStream.of(c.integers("padding", dims)).anyMatch(size -> size > 0);
        boolean counted = padded && (!c.takes("count_include_pad") || c.flag("count_include_pad"));
        if (counted && c.flag("ceil_mode")) {
            // Before opset 19 the windows that reach past the end count what is there no more, in some runtimes.
            return paddedMean(c, x, dims);
        }
        return window(c, c.node("AveragePool", x), dims)
                .with("count_include_pad", counted)
                .get();
    }

    /** Means with zeros for all that is not there, times how many there are. */
    private static Named sum(Call c, Named x, int dims) {
        long[] kernel = c.integers("kernel_size", dims);
        long[] padding = c.integers("padding", dims);
        long[] strides = strides(c, kernel);
        long[] pads = new long[2 * (dims + 2)];
        for (int i = 0; i < dims; i++) {
            pads[i + 2] = padding[i];
            pads[dims + 4 + i] = padding[i] + (c.flag("ceil_mode") ? rest(c, x, i, kernel, strides, padding) : 0);
        }
        Named means = c.node("AveragePool", c.op("Pad", x, c.longs(pads)))
                .with("kernel_shape", kernel)
                .with("strides", strides)
                .get();
        double count = LongStream.of(kernel).reduce(1, (a, b) -> a * b);
        return ElementwiseRules.times(c, means, count / c.integer("divisor_override"));
    }

    /** How far the last window reaches past the padded end: it has to begin within the tensor or before. */
    private static long rest(Call c, Named x, int dim, long[] kernel, long[] strides, long[] padding) {
        if (!(c.size(x, dim + 2) instanceof Known known)) {
            throw c.unsupported("has a divisor of its own, rounds up, and pools an open size");
        }
        long size = (Long) known.value();
        long room = size + 2 * padding[dim] - kernel[dim];
        long windows = (room + strides[dim] - 1) / strides[dim] + 1;
        if ((windows - 1) * strides[dim] >= size + padding[dim]) {
            windows--;
        }
        return Math.max(0, (windows - 1) * strides[dim] - room);
    }

    /** With the zeros put there first, so that what is beyond them is told apart. */
    private static Named paddedMean(Call c, Named x, int dims) {
        long[] padding = c.integers("padding", dims);
        long[] pads = new long[2 * (dims + 2)];
        for (int i = 0; i < dims; i++) {
            pads[i + 2] = padding[i];
            pads[dims + 4 + i] = padding[i];
        }
        long[] kernel = c.integers("kernel_size", dims);
        Named zeros = c.op("Pad", x, c.longs(pads));
        return c.node("AveragePool", zeros)
                .with("kernel_shape", kernel)
                .with("strides", strides(c, kernel))
                .with("ceil_mode", 1)
                .with("count_include_pad", 0)
                .get();
    }

    // ---- as many places as the output has

    private static Named adaptive(Call c, String operator, int dims) {
        Named x = c.tensor("self");
        long[] sizes = sizes(c, x, dims);
        if (LongStream.of(sizes).allMatch(size -> size == 1)) {
            return c.op(operator.equals("AveragePool") ? "GlobalAveragePool" : "GlobalMaxPool", x);
        }
        long[] kernel = kernel(c, x, sizes);
        return kernel == null
                ? uneven(c, x, sizes, operator)
                : c.node(operator, x)
                        .with("kernel_shape", kernel)
                        .with("strides", kernel)
                        .get();
    }

    private static long[] sizes(Call c, Named x, int dims) {
        List<Item> wanted = c.numbers("output_size");
        long[] sizes = new long[dims];
        for (int i = 0; i < dims; i++) {
            Item size = wanted.get(wanted.size() == 1 ? 0 : i);
            Object known = Item.isNone(size) ? c.known(c.size(x, c.rank(x) - dims + i)) : c.known(size);
            if (!(known instanceof Long value)) {
                throw c.unsupported("makes an output whose size only the run tells");
            }
            sizes[i] = value;
        }
        return sizes;
    }

    /** The windows, if they are of one size; null if not. */
    private static long @Nullable [] kernel(Call c, Named x, long[] sizes) {
        long[] kernel = new long[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            Object size = c.known(c.size(x, x.rank() - sizes.length + i));
            if (!(size instanceof Long whole)) {
                if (sizes[i] == 1) {
                    return null;
                }
                throw c.unsupported("makes " + sizes[i] + " places of an open size");
            }
            if (whole % sizes[i] != 0) {
                return null;
            }
            kernel[i] = whole / sizes[i];
        }
        return kernel;
    }

    /** Windows of different sizes: one reduction for each place, dimension by dimension. */
    private static Named uneven(Call c, Named x, long[] sizes, String operator) {
        String reduction = operator.equals("AveragePool") ? "ReduceMean" : "ReduceMax";
        Named result = x;
        for (int i = 0; i < sizes.length; i++) {
            int dim = x.rank() - sizes.length + i;
            if (sizes[i] == 1) {
                result = ReductionRules.over(c, reduction, result, new long[] {dim}, true)
                        .ofShape(x.shape());
                continue;
            }
            result = uneven(c, result.ofShape(x.shape()), dim, sizes[i], reduction);
        }
        return result;
    }

    private static Named uneven(Call c, Named x, int dim, long places, String reduction) {
        long size = Objects.requireNonNull(x.shape()).get(dim);
        List<Named> parts = new ArrayList<>();
        for (long i = 0; i < places; i++) {
            Item from = Item.of(i * size / places);
            Item to = Item.of(((i + 1) * size + places - 1) / places);
            parts.add(
                    ReductionRules.over(c, reduction, PartRules.slice(c, x, dim, from, to, 1), new long[] {dim}, true));
        }
        return c.node("Concat", List.copyOf(parts)).with("axis", dim).get();
    }

    private static List<Item> adaptiveMaximum(Call c, int dims) {
        if (c.output(1).isUsed()) {
            throw c.unsupported("gives the places of the maxima");
        }
        return Arrays.asList(adaptive(c, "MaxPool", dims), Item.NONE);
    }
}
