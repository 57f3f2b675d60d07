package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.graph.passes.Assertions;
import org.torchbridge.graph.passes.CollectionLowering;
import org.torchbridge.graph.passes.ConstantFolding;
import org.torchbridge.graph.passes.ExplicitQuantization;
import org.torchbridge.graph.passes.InferenceForm;
import org.torchbridge.graph.passes.InputCopies;
import org.torchbridge.graph.passes.ListGrowth;
import org.torchbridge.graph.passes.LoopUnrolling;
import org.torchbridge.graph.passes.RemoveMutation;
import org.torchbridge.graph.passes.Shapes;
import org.torchbridge.graph.passes.Simplification;
import org.torchbridge.graph.passes.StateLowering;
import org.torchbridge.graph.passes.TypeFacts;
import org.torchbridge.graph.passes.UnreadState;
import org.torchbridge.graph.passes.WriteCarrying;

/** Makes a program one that rules can write node by node: without classes, mutation, and questions whose answers are known. */
final class Preparation {
    private static final int MOST_ROUNDS = 12;

    private Preparation() {}

    /**
     * @param name the program's, for messages
     * @param inputs examples for the program, of different sizes where those are to stay open
     * @return the shapes of what the program gives for each example
     */
    static List<OutputShapes> run(Graph graph, String name, boolean training, List<List<?>> inputs) {
        ProgramInputs.settle(graph, inputs.get(0));
        List<List<Object>> examples = inputs.stream().map(ModelInputs::flat).toList();
        silence(graph);
        InferenceForm.run(graph, training);
        InputCopies.run(graph);
        StateLowering.run(graph);
        UnreadState.run(graph);
        List<OutputShapes> shapes = List.of();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            simplify(graph);
            Map<String, Integer> before = graph.kinds();
            shapes = observe(graph, name, examples);
            simplify(graph);
            ExplicitQuantization.run(graph, examples.get(0));
            if (graph.kinds().equals(before)) {
                break;
            }
        }
        if (!training) {
            computeAhead(graph);
        }
        return shapes;
    }

    /** A model tells nobody anything. */
    private static void silence(Graph graph) {
        graph.forEachNode(node -> {
            if (node.is("aten::warn") || node.is("prim::Print")) {
                node.remove();
            }
        });
    }

    /** @throws org.torchbridge.UnsupportedOperatorException if the program cannot be run node by node for its objects */
    private static List<OutputShapes> observe(Graph graph, String name, List<List<Object>> examples) {
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
                .filter(Preparation::isOfProgram)
                .findFirst()
                .ifPresent(
                        type -> problems.add(node, "works on an object of " + type + "; ONNX has tensors and lists")));
        return problems;
    }

    /** Whether it is a class of the program's; objects of libtorch's own, as packed weights, can be computed with. */
    private static boolean isOfProgram(Type type) {
        return type instanceof Type.OfNative object && !object.name().startsWith("__torch__.torch.classes.");
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
            changed |= WriteCarrying.run(graph);
            changed |= RemoveMutation.run(graph);
            changed |= ListGrowth.run(graph);
            changed |= CollectionLowering.run(graph);
        }
    }
}
