package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.graph.passes.Assertions;
import org.torchbridge.graph.passes.CollectionLowering;
import org.torchbridge.graph.passes.ConstantFolding;
import org.torchbridge.graph.passes.InferenceForm;
import org.torchbridge.graph.passes.InputCopies;
import org.torchbridge.graph.passes.ListGrowth;
import org.torchbridge.graph.passes.LoopUnrolling;
import org.torchbridge.graph.passes.RemoveMutation;
import org.torchbridge.graph.passes.Shapes;
import org.torchbridge.graph.passes.Simplification;
import org.torchbridge.graph.passes.TypeFacts;
import org.torchbridge.graph.passes.UnreadState;

/** Makes a program one that rules can write node by node: without classes, mutation, and questions whose answers are known. */
final class Preparation {
    private static final int MOST_ROUNDS = 6;

    private Preparation() {}

    /**
     * @param name the program's, for messages
     * @param examples inputs for the program, of different sizes where those are to stay open
     * @return the shapes of what the program gives for each example
     */
    static List<OutputShapes> run(Graph graph, String name, boolean training, List<List<?>> examples) {
        leaveOutDefaults(graph, examples.get(0).size());
        narrowInputs(graph, examples.get(0));
        InferenceForm.run(graph, training);
        InputCopies.run(graph);
        UnreadState.run(graph);
        List<OutputShapes> shapes = List.of();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            simplify(graph);
            Map<String, Integer> before = graph.kinds();
            shapes = observe(graph, name, examples);
            simplify(graph);
            if (graph.kinds().equals(before)) {
                break;
            }
        }
        if (!training) {
            computeAhead(graph);
        }
        return shapes;
    }

    /** @throws org.torchbridge.UnsupportedOperatorException if the program cannot be run node by node for its objects */
    private static List<OutputShapes> observe(Graph graph, String name, List<List<?>> examples) {
        try {
            List<OutputShapes> shapes = new ArrayList<>();
            Shapes.run(graph, examples, outputs -> shapes.add(OutputShapes.of(outputs)));
            return shapes;
        } catch (TorchException | IllegalArgumentException e) {
            objects(graph).check(name);
            throw e;
        }
    }

    private static Problems objects(Graph graph) {
        Problems problems = new Problems();
        graph.forEachNode(node -> node.inputs().stream()
                .map(Value::type)
                .filter(Type.OfNative.class::isInstance)
                .findFirst()
                .ifPresent(
                        type -> problems.add(node, "works on an object of " + type + "; ONNX has tensors and lists")));
        return problems;
    }

    /** Weights that are computed of others by what there are no rules for, as orthogonal ones are, become constants. */
    private static void computeAhead(Graph graph) {
        if (!Rules.STANDARD.know(graph.kinds().keySet())) {
            ConstantFolding.runFrozen(graph);
            Simplification.run(graph);
        }
    }

    private static void simplify(Graph graph) {
        boolean changed = true;
        for (int round = 0; round < MOST_ROUNDS && changed; round++) {
            changed = TypeFacts.run(graph);
            changed |= Assertions.run(graph);
            changed |= Simplification.run(graph);
            changed |= LoopUnrolling.run(graph);
            changed |= RemoveMutation.run(graph);
            changed |= ListGrowth.run(graph);
            changed |= CollectionLowering.run(graph);
        }
    }

    /** Inputs that no example gives are what they are by default. */
    private static void leaveOutDefaults(Graph graph, int given) {
        List<Value> inputs = new ArrayList<>(graph.inputs());
        GraphBuilder start = start(graph);
        for (int i = inputs.size() - 1; i >= given; i--) {
            Value input = inputs.get(i);
            if (!graph.defaults().containsKey(input)) {
                throw new IllegalArgumentException("the program takes " + inputs.size() + " inputs, and " + given
                        + " were given: " + names(inputs));
            }
            @Nullable Object value = graph.defaults().remove(input);
            input.replaceAllUsesWith(value == null ? start.constant(null, Type.NONE) : start.constant(value));
            graph.body().removeInput(i);
        }
        if (given > inputs.size()) {
            throw new IllegalArgumentException(
                    "the program takes " + inputs.size() + " inputs, and " + given + " were given: " + names(inputs));
        }
    }

    /** What may be left out is there, or it is not. */
    private static void narrowInputs(Graph graph, List<?> example) {
        for (int i = 0; i < example.size(); i++) {
            Value input = graph.inputs().get(i);
            if (input.type() instanceof Type.OfOptional optional && example.get(i) != null) {
                input.setType(optional.element());
            } else if (example.get(i) == null) {
                input.replaceAllUsesWith(start(graph).constant(null, Type.NONE));
            }
        }
    }

    private static GraphBuilder start(Graph graph) {
        List<Node> nodes = graph.body().nodes();
        return nodes.isEmpty() ? GraphBuilder.at(graph.body()) : GraphBuilder.before(nodes.get(0));
    }

    private static String names(List<Value> inputs) {
        return String.join(", ", inputs.stream().map(Value::name).toList());
    }
}
