package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Which images of a program are of one size, whatever that is when it runs. */
final class ImageSizes {
    private static final Set<String> ELEMENTWISE = Set.of(
            "aten::relu",
            "aten::relu6",
            "aten::hardtanh",
            "aten::clamp",
            "aten::leaky_relu",
            "aten::sigmoid",
            "aten::tanh",
            "aten::silu",
            "aten::gelu",
            "aten::hardswish",
            "aten::hardsigmoid");

    private static final Set<String> COMBINE = Set.of("aten::add", "aten::mul");

    /**
     * A size.
     *
     * @param root the image that it is computed of, in whose batch it is
     * @param dimensions besides batch and channels; two if nothing tells
     * @param steps by what of the root's height and width: extent of the window less the padding, and stride
     * @param pixel whether it is 1 in all dimensions
     * @param channels null if unknown
     */
    record Size(Value root, int dimensions, List<List<Long>> steps, boolean pixel, @Nullable Long channels) {
        /** That of what a convolution makes of it; null if that needs a number of dimensions which this has not. */
        private @Nullable Size after(Convolution convolution) {
            if (pixel && dimensions != convolution.dimensions()) {
                return null;
            }
            List<List<Long>> all = new ArrayList<>(steps);
            boolean keeps = true;
            for (int i = 0; i < convolution.dimensions(); i++) {
                long window =
                        convolution.dilation().get(i) * (convolution.weight().shape()[i + 2] - 1) + 1;
                long less = window - 2 * convolution.padding().get(i);
                keeps &= less == 1 && (pixel || convolution.stride().get(i) == 1);
                all.add(List.of(less, convolution.stride().get(i)));
            }
            return new Size(root, convolution.dimensions(), keeps ? steps : all, pixel && keeps, convolution.outputs());
        }

        /** That of a sum or product with another image; null if it is not known. */
        private @Nullable Size with(@Nullable Size other) {
            if (other == null || root != other.root || channels == null || !channels.equals(other.channels)) {
                return null;
            }
            if (other.pixel || steps.equals(other.steps) && pixel == other.pixel) {
                return this;
            }
            return pixel ? other : null;
        }
    }

    private final Weights weights;
    private final Map<Value, Size> sizes = new HashMap<>();

    private ImageSizes(Graph graph) {
        this.weights = Weights.of(graph);
    }

    static ImageSizes of(Graph graph) {
        ImageSizes sizes = new ImageSizes(graph);
        graph.forEachNode(sizes::see);
        return sizes;
    }

    /** Whether the operator computes each number of the first input's alone. */
    static boolean isElementwise(Node node) {
        return ELEMENTWISE.contains(node.kind());
    }

    /** Whether the operator combines the numbers of two images, or of an image and a number. */
    static boolean isCombination(Node node) {
        return COMBINE.contains(node.kind());
    }

    /** Whether height and width are 1. */
    boolean isPixel(Value value) {
        return of(value).pixel;
    }

    /** Whether both are of the same size for sure. */
    boolean areEqual(Value one, Value other) {
        return of(one).channels != null && of(one).equals(of(other));
    }

    /** Lets {@code added} have the size of {@code known}. */
    void put(Value added, Value known) {
        sizes.put(added, of(known));
    }

    private Size of(Value value) {
        return sizes.getOrDefault(value, new Size(value, 2, List.of(), false, null));
    }

    private void see(Node node) {
        Size size = node.outputs().size() == 1 && node.output().type() instanceof Type.OfTensor ? size(node) : null;
        if (size != null) {
            sizes.put(node.output(), size);
        }
    }

    private @Nullable Size size(Node node) {
        Convolution convolution = Convolution.of(node, weights);
        if (convolution != null) {
            return of(convolution.input()).after(convolution);
        } else if (isElementwise(node) || node.is("aten::batch_norm")) {
            return of(node.input(0));
        } else if (isGlobalMean(node)) {
            Size size = of(node.input(0));
            return new Size(size.root, size.dimensions, List.of(), true, size.channels);
        } else if (isCombination(node)) {
            return isNumber(node.input(1))
                    ? of(node.input(0))
                    : of(node.input(0)).with(of(node.input(1)));
        }
        return null;
    }

    private static boolean isNumber(Value value) {
        return value.type() == Type.INT || value.type() == Type.FLOAT;
    }

    private boolean isGlobalMean(Node node) {
        List<Long> numbers = node.inputs().size() > 1 ? Constants.integers(node.input(1)) : null;
        if (numbers == null) {
            return false;
        }
        int dimensions = of(node.input(0)).dimensions;
        if (node.is("aten::mean")) {
            boolean overImage = numbers.equals(range(2, dimensions)) || numbers.equals(range(-dimensions, dimensions));
            return overImage && Constants.is(node.input(2), true);
        }
        return node.is("aten::adaptive_avg_pool" + dimensions + "d")
                && numbers.stream().allMatch(number -> number == 1);
    }

    private static List<Long> range(int first, int count) {
        return LongStream.range(first, first + count).boxed().toList();
    }
}
