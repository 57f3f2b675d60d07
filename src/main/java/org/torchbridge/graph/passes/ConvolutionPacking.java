package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Schemas;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes convolutions in two and three dimensions into operators with packed weights. What these make has its channels last, so all that
 * follows keeps them there.
 *
 * <p>oneDNN's operators do the activation behind a convolution too, or the sum with another image of the same size, which
 * they write where the other image is if nothing needs that any more. XNNPACK's can only bound the numbers, but cost a tenth
 * of the time apart from the arithmetic: they do the convolutions of single pixels, and with one thread all with windows of
 * one pixel, and those of single channels that are small. The others XNNPACK does slower, and all with one thread only.
 * What they do not do themselves follows {@link InPlace}.
 */
final class ConvolutionPacking {
    private static final String XNNPACK = "prepacked::conv2d_clamp_";

    private final Weights weights;
    private final PackedWeights packed;
    private final Aliases aliases;
    private final Order order;
    private final ImageSizes sizes;
    private final boolean hasXnnpack = !Schemas.of(XNNPACK + "run").isEmpty();
    private final boolean oneThread = Torch.getNumThreads() == 1;
    private final FreeMemory memory;
    private final Set<Value> made = new HashSet<>();
    private final Set<Value> overwritten = new HashSet<>();

    private ConvolutionPacking(Graph graph, PackedWeights packed) {
        this.weights = Weights.of(graph);
        this.packed = packed;
        this.aliases = Aliases.of(graph);
        this.order = Order.of(graph);
        this.sizes = ImageSizes.of(graph);
        this.memory = new FreeMemory(aliases, order);
    }

    /** Whether the program has convolutions that can be packed. */
    static boolean isFor(Graph graph) {
        return !convolutions(graph).isEmpty();
    }

    /** Lets the types of what the packed operators will make say how many dimensions it has, as their inputs must have. */
    static void declareShapes(Graph graph) {
        convolutions(graph).forEach(convolution -> convolution.node().output().setType(type(convolution)));
    }

    private static List<Convolution> convolutions(Graph graph) {
        Weights weights = Weights.of(graph);
        List<Convolution> convolutions = new ArrayList<>();
        graph.forEachNode(node -> {
            Convolution convolution = Convolution.of(node, weights);
            if (convolution != null) {
                convolutions.add(convolution);
            }
        });
        return convolutions;
    }

    private static Type type(Convolution convolution) {
        Long[] sizes = new Long[convolution.dimensions() + 2];
        sizes[1] = convolution.outputs();
        return new Type.OfTensor(convolution.weight().dtype(), Arrays.asList(sizes));
    }

    /** Whether a convolution was replaced. */
    static boolean run(Graph graph, PackedWeights packed) {
        ConvolutionPacking pass = new ConvolutionPacking(graph, packed);
        graph.forEachNode(pass::visit);
        new InPlace(pass.made, pass.aliases, pass.order, pass.sizes).run(graph);
        return !pass.made.isEmpty();
    }

    private void visit(Node node) {
        Convolution convolution = Convolution.of(node, weights);
        if (convolution == null || aliases.isWritten(convolution.input()) || aliases.isWritten(node.output())) {
            return;
        }
        Node user = plainUser(node);
        if (!isForXnnpack(convolution) && user != null && isResidual(convolution, user)) {
            sum(convolution, user);
            return;
        }
        Activation activation = user == null ? null : Activation.of(user);
        if (isForXnnpack(convolution)) {
            Activation bounds = activation != null && activation.isBounds() ? activation : null;
            replace(convolution, node, chain(node, bounds == null ? null : user), g -> bounded(g, convolution, bounds));
        } else {
            Activation done = activation == null ? Activation.NONE : activation;
            replace(
                    convolution,
                    node,
                    chain(node, activation == null ? null : user),
                    g -> pointwise(g, convolution, done));
        }
    }

    private static List<Node> chain(@Nullable Node... nodes) {
        return Arrays.stream(nodes).filter(Objects::nonNull).toList();
    }

    /** The only user of what the node makes, if nothing writes into what that makes; else null. */
    private @Nullable Node plainUser(Node node) {
        Node user = Control.onlyUser(node);
        return user == null
                        || user.owner() != node.owner()
                        || user.outputs().size() != 1
                        || aliases.isWritten(user.output())
                ? null
                : user;
    }

    private interface Layer {
        Value write(GraphBuilder g);
    }

    /** Puts what {@code layer} writes at {@code place} into the place of nodes that follow each other. */
    private Value replace(Convolution convolution, Node place, List<Node> nodes, Layer layer) {
        GraphBuilder g = GraphBuilder.before(place);
        g.from(convolution.node().scope(), convolution.node().source());
        Value output = layer.write(g);
        output.setType(type(convolution));
        Value before = nodes.get(nodes.size() - 1).output();
        order.putBeside(place, output.producer());
        sizes.put(output, before);
        aliases.join(output, before);
        before.replaceAllUsesWith(output);
        for (int i = nodes.size() - 1; i >= 0; i--) {
            aliases.remove(nodes.get(i).output());
            nodes.get(i).remove();
        }
        made.add(output);
        return output;
    }

    // ---- sums

    /** Whether the node adds an image of the same size to what the convolution makes. */
    private boolean isResidual(Convolution convolution, Node sum) {
        return sum.is("aten::add")
                && sum.input(1).type() instanceof Type.OfTensor
                && Constants.is(sum.input(2), 1L)
                && sizes.areEqual(sum.input(0), sum.input(1))
                && !aliases.isWritten(other(convolution, sum))
                && Collections.disjoint(aliases.of(convolution.input()), overwritten);
    }

    private static Value other(Convolution convolution, Node sum) {
        return sum.input(sum.input(0) == convolution.node().output() ? 1 : 0);
    }

    private void sum(Convolution convolution, Node sum) {
        Value other = other(convolution, sum);
        Node user = plainUser(sum);
        boolean rectified = user != null && user.is("aten::relu");
        String activation = rectified ? "relu" : null;
        List<Node> nodes = chain(convolution.node(), sum, rectified ? user : null);
        if (!aliases.of(other).contains(convolution.input()) && memory.isFree(other, sum)) {
            overwritten.addAll(aliases.of(other));
            Value output = replace(
                    convolution,
                    sum,
                    nodes,
                    g -> g.op(
                            "mkldnn::_convolution_pointwise_",
                            arguments(convolution, activation, other, convolution.input())));
            aliases.join(output, other);
        } else {
            replace(
                    convolution,
                    sum,
                    nodes,
                    g -> g.op(
                            "mkldnn::_convolution_pointwise",
                            arguments(convolution, activation, convolution.input(), other)));
        }
    }

    private Object[] arguments(Convolution convolution, @Nullable String activation, Value first, Value second) {
        return new Object[] {
            first,
            second,
            weight(convolution),
            convolution.bias(),
            convolution.padding(),
            convolution.stride(),
            convolution.dilation(),
            convolution.groups(),
            "add",
            1.0,
            activation,
            List.of(),
            null
        };
    }

    // ---- oneDNN

    private Value pointwise(GraphBuilder g, Convolution convolution, Activation activation) {
        return g.op(
                "mkldnn::_convolution_pointwise",
                convolution.input(),
                weight(convolution),
                convolution.bias(),
                convolution.padding(),
                convolution.stride(),
                convolution.dilation(),
                convolution.groups(),
                activation.attribute(),
                activation.scalars(),
                activation.algorithm());
    }

    private Value weight(Convolution convolution) {
        List<Object> key = List.of(
                convolution.node().input(1),
                convolution.padding(),
                convolution.stride(),
                convolution.dilation(),
                convolution.groups());
        return packed.add(
                key,
                "aten::mkldnn_reorder_conv" + convolution.dimensions() + "d_weight",
                convolution.weight().toMkldnn(),
                convolution.padding(),
                convolution.stride(),
                convolution.dilation(),
                convolution.groups());
    }

    // ---- XNNPACK

    private boolean isForXnnpack(Convolution convolution) {
        return hasXnnpack
                && convolution.weight().dtype() == DType.FLOAT32
                && (oneThread
                        ? convolution.isPointwise() || isSmall(convolution)
                        : convolution.isPointwise() && sizes.isPixel(convolution.input()));
    }

    /** Whether it does so little with each channel that the call counts. */
    private static boolean isSmall(Convolution convolution) {
        return convolution.isDepthwise()
                && (convolution.weight().shape()[2] <= 3 || convolution.stride().get(0) > 1);
    }

    private Value bounded(GraphBuilder g, Convolution convolution, @Nullable Activation bounds) {
        return g.op(XNNPACK + "run", convolution.input(), context(convolution, bounds));
    }

    private Value context(Convolution convolution, @Nullable Activation bounds) {
        List<Object> key = Arrays.asList(convolution.node().input(1), convolution.bias(), convolution.stride(), bounds);
        return packed.add(
                key,
                XNNPACK + "prepack",
                convolution.weight(),
                weights.tensor(convolution.bias()),
                convolution.stride(),
                convolution.padding(),
                convolution.dilation(),
                convolution.groups(),
                bounds == null ? null : bounds.least(),
                bounds == null ? null : bounds.most());
    }
}
