package org.torchbridge.graph.passes;

import java.util.List;
import java.util.Set;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Lists of weights in an attribute, as scripted recurrent networks have them, become lists of constants: whoever packs them
 * looks at the elements.
 */
final class WeightLists {
    private static final Type TENSORS = new Type.OfList(Type.TENSOR);

    private final Graph graph;
    private final Aliases aliases;
    private final Set<String> set;

    private WeightLists(Graph graph) {
        this.graph = graph;
        this.aliases = Aliases.of(graph);
        this.set = Slots.set(graph);
    }

    static void run(Graph graph) {
        WeightLists pass = new WeightLists(graph);
        graph.forEachNode(pass::visit);
    }

    private void visit(Node node) {
        if (isFixed(node) && graph.slots().get(Slots.name(node)).value() instanceof List<?> list && canPack(list)) {
            GraphBuilder g = GraphBuilder.before(node);
            g.from(node.scope(), node.source());
            List<Value> elements =
                    list.stream().map(element -> constant(g, (Tensor) element)).toList();
            Control.replace(node, List.of(g.list(Type.TENSOR, elements)));
        }
    }

    /** Without gradients, which the elements may need: they are the module's parameters. */
    private static Value constant(GraphBuilder g, Tensor element) {
        Tensor weight = Scope.escape(element.detach());
        return g.constant(weight, Type.of(weight));
    }

    private boolean isFixed(Node node) {
        return Slots.isRead(node)
                && node.output().type().equals(TENSORS)
                && !set.contains(Slots.name(node))
                && !aliases.isWritten(node.output());
    }

    private static boolean canPack(List<?> list) {
        return list.stream().allMatch(element -> element instanceof Tensor weight && PackedWeights.canPack(weight));
    }
}
