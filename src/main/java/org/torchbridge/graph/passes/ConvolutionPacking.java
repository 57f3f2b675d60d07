package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes convolutions in two dimensions into oneDNN's, with packed weights and with the activation behind them. What they
 * make has its channels last, so all that follows keeps them there.
 */
final class ConvolutionPacking {
    private final Weights weights;
    private final PackedWeights packed;
    private final Aliases aliases;
    private boolean changed;

    private ConvolutionPacking(Graph graph, PackedWeights packed) {
        this.weights = Weights.of(graph);
        this.packed = packed;
        this.aliases = Aliases.of(graph);
    }

    /** Lets the types of what the packed operators will make say that it has four dimensions, as their inputs must have. */
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
        return new Type.OfTensor(DType.FLOAT32, Arrays.asList(null, convolution.outputs(), null, null));
    }

    /** Whether the program has convolutions that can be packed. */
    static boolean isFor(Graph graph) {
        return !convolutions(graph).isEmpty();
    }

    /** Whether a convolution was replaced. */
    static boolean run(Graph graph, PackedWeights packed) {
        ConvolutionPacking pass = new ConvolutionPacking(graph, packed);
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    private void visit(Node node) {
        Convolution convolution = Convolution.of(node, weights);
        if (convolution == null || aliases.isWritten(convolution.input()) || aliases.isWritten(node.output())) {
            return;
        }
        Node user = Control.onlyUser(node);
        Activation activation = user == null ? null : Activation.of(user);
        Node last = activation == null || aliases.isWritten(user.output()) ? node : user;
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        Value output = pointwise(g, convolution, last == node ? Activation.NONE : activation);
        output.setType(type(convolution));
        Control.replace(last, List.of(output));
        if (last != node) {
            node.remove();
        }
        changed = true;
    }

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
                () -> Torch.mkldnnReorderConv2dWeight(
                        convolution.weight().toMkldnn(),
                        array(convolution.padding()),
                        array(convolution.stride()),
                        array(convolution.dilation()),
                        convolution.groups()));
    }

    private static long[] array(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }
}
