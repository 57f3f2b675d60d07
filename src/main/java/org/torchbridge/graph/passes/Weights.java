package org.torchbridge.graph.passes;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** The tensors of a program that stay as they are while it runs: constants, and slots that it only reads. */
final class Weights {
    private final Graph graph;
    private final Aliases aliases;
    private final Set<String> set;

    private Weights(Graph graph) {
        this.graph = graph;
        this.aliases = Aliases.of(graph);
        this.set = Slots.set(graph);
    }

    static Weights of(Graph graph) {
        return new Weights(graph);
    }

    /** The tensor that the value always is; null if it is none. */
    @Nullable
    Tensor tensor(Value value) {
        Node node = value.producer();
        if (aliases.isWritten(value) || Slots.isRead(node) && set.contains(Slots.name(node))) {
            return null;
        }
        Object known = Slots.isRead(node) ? graph.slots().get(Slots.name(node)).value() : node.attribute("value");
        return known instanceof Tensor tensor ? tensor : null;
    }

    /** Whether it is a tensor with that many dimensions. */
    boolean hasRank(Value value, int rank) {
        Tensor tensor = tensor(value);
        return tensor != null && tensor.dim() == rank;
    }

    /**
     * Puts another tensor in the place of an input: under the name of its slot if nothing else reads that, else as a constant.
     */
    void replace(Node node, int index, Tensor tensor) {
        Scope.escape(tensor);
        Value old = node.input(index);
        if (Slots.isRead(old.producer()) && isOnlyReader(old)) {
            String name = Slots.name(old.producer());
            graph.slots().put(name, new Slot(graph.slots().get(name).kind(), Type.TENSOR, tensor));
        } else {
            node.setInput(index, Constants.before(node, tensor, Type.TENSOR));
        }
    }

    private boolean isOnlyReader(Value value) {
        return value.uses().size() == 1
                && aliases.of(value).stream().noneMatch(other -> other != value && Slots.isRead(other.producer()));
    }
}
