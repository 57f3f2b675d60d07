package org.torchbridge.graph.passes;

import java.util.List;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Use;
import org.torchbridge.graph.Value;

/**
 * Copies inputs that a program writes into at its start: for forms in which inputs cannot be written into, and after which
 * {@link RemoveMutation} finds tensors that the program itself makes.
 */
public final class InputCopies {
    private InputCopies() {}

    /** Whether an input is copied now. */
    public static boolean run(Graph graph) {
        Aliases aliases = Aliases.of(graph);
        List<Value> written = graph.inputs().stream()
                .filter(input -> input.type() instanceof Type.OfTensor && aliases.isWritten(input))
                .toList();
        written.forEach(input -> copy(graph, input));
        return !written.isEmpty();
    }

    private static void copy(Graph graph, Value input) {
        List<Use> uses = List.copyOf(input.uses());
        Node first = graph.body().nodes().get(0);
        Value copy = GraphBuilder.before(first).op("aten::clone", input);
        copy.setType(input.type());
        uses.forEach(use -> use.node().setInput(use.index(), copy));
    }
}
