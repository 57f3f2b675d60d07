package org.torchbridge.graph.passes;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/** A convolution in two or three dimensions whose weights are known and stay as they are. */
record Convolution(Node node, Tensor weight, List<Long> stride, List<Long> padding, List<Long> dilation, long groups) {
    private static final String GENERAL = "aten::_convolution";
    private static final Set<String> KINDS = Set.of(GENERAL, "aten::conv2d", "aten::conv3d");
    private static final int TRANSPOSED = 6;

    /** What the node is; null if it is none, or one that cannot be packed. */
    static @Nullable Convolution of(Node node, Weights weights) {
        boolean general = node.is(GENERAL);
        if (!KINDS.contains(node.kind()) || general && !Constants.is(node.input(TRANSPOSED), false)) {
            return null;
        }
        Tensor weight = weights.tensor(node.input(1));
        boolean known = weight != null
                && (weight.dim() == 4 || weight.dim() == 5)
                && PackedWeights.canPackInEither(weight)
                && (Constants.isNone(node.input(2)) || weights.tensor(node.input(2)) != null);
        if (!known) {
            return null;
        }
        List<Long> stride = each(node.input(3), weight);
        List<Long> dilation = each(node.input(5), weight);
        Object groups = Constants.of(node.input(general ? 8 : 6));
        if (stride == null || dilation == null || !(groups instanceof Long number)) {
            return null;
        }
        List<Long> padding = padding(node.input(4), weight, stride, dilation);
        return padding == null ? null : new Convolution(node, weight, stride, padding, dilation, number);
    }

    /** A number for each dimension, where one may stand for all. */
    private static @Nullable List<Long> each(Value value, Tensor weight) {
        List<Long> numbers = Constants.integers(value);
        return numbers != null && numbers.size() == 1
                ? Collections.nCopies(dimensions(weight), numbers.get(0))
                : numbers;
    }

    /** The padding in numbers; null if it is not the same on both sides. */
    private static @Nullable List<Long> padding(Value value, Tensor weight, List<Long> stride, List<Long> dilation) {
        if (Constants.is(value, "valid")) {
            return Collections.nCopies(dimensions(weight), 0L);
        }
        if (!Constants.is(value, "same")) {
            return each(value, weight);
        }
        Long[] padding = new Long[dimensions(weight)];
        for (int i = 0; i < padding.length; i++) {
            long both = dilation.get(i) * (weight.shape()[i + 2] - 1);
            if (both % 2 != 0 || stride.get(i) != 1) {
                return null;
            }
            padding[i] = both / 2;
        }
        return Arrays.asList(padding);
    }

    private static int dimensions(Tensor weight) {
        return (int) weight.dim() - 2;
    }

    /** How many dimensions its window has. */
    int dimensions() {
        return dimensions(weight);
    }

    Value input() {
        return node.input(0);
    }

    Value bias() {
        return node.input(2);
    }

    /** Whether each pixel of an image that it makes is computed of one pixel. */
    boolean isPointwise() {
        return groups == 1
                && dimensions() == 2
                && weight.shape()[2] == 1
                && weight.shape()[3] == 1
                && padding.equals(List.of(0L, 0L));
    }

    /** Whether each channel is computed of one channel of its own. */
    boolean isDepthwise() {
        return groups > 1 && groups == outputs() && weight.shape()[1] == 1;
    }

    long outputs() {
        return weight.shape()[0];
    }
}
